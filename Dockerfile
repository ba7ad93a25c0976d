# syntax=docker/dockerfile:1
# Two stages: what builds is left behind, and what runs is no root.
FROM python:3.11-slim-bookworm AS build
WORKDIR /build
RUN python -m venv /opt/exchange
COPY requirements/server.txt requirements/server.txt
RUN /opt/exchange/bin/pip install --no-cache-dir --require-hashes --requirement requirements/server.txt
COPY pyproject.toml README.md LICENSE ./
COPY events events
COPY exchange exchange
COPY schemas schemas
COPY workers workers
RUN /opt/exchange/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --home-dir /var/lib/exchange --create-home exchange
COPY --from=build /opt/exchange /opt/exchange
ENV PATH=/opt/exchange/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 EXCHANGE_DATA=/var/lib/exchange
USER exchange
WORKDIR /var/lib/exchange
VOLUME /var/lib/exchange
EXPOSE 8080
ENTRYPOINT ["exchange"]
CMD ["serve"]
