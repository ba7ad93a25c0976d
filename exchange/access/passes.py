"""What a browser shows in place of a key, once somebody has signed in with one: sealed, for one day's work.

The key itself stays with whoever holds it: what lies in the browser opens the pages alone, ends by itself, ends with
its key, and ends with all its copies where somebody signs out. Any process of the node opens it, and nothing is kept of
it on our side, but which of them were ended before their time.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import timedelta

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import delete

from events.store.sql.rows import Query, insert
from events.vault.ring import KEY_BYTES, NONCE_BYTES, MasterKeys
from exchange.access.caller import Forbidden
from exchange.access.keys import Unauthenticated
from exchange.access.keys_table import ended_passes
from exchange.clock import Clock, utcnow
from exchange.unit_of_work import UnitOfWork

LASTS = timedelta(hours=9)
FOREIGN = "form.foreign"  # what a form breaks that comes from elsewhere
_ENDED = Query("SELECT id FROM ended_passes WHERE id {keys}")
_SEALS, _FORMS = b"exchange/pass/seal/1", b"exchange/pass/form/1"


class Pass(msgspec.Struct, frozen=True):
    """`office`: None where the key has one area alone. `actor`: who signed in. `until`: seconds."""

    token: str
    office: str | None
    actor: str | None
    until: int


class Passes:
    """The passes of a node, under keys that are derived from its ring."""

    def __init__(self, ring: MasterKeys, uow: UnitOfWork, clock: Clock = utcnow) -> None:
        self._uow = uow
        self._clock = clock
        self._cipher = AESGCM(_derived(ring, _SEALS))
        self._forms = _derived(ring, _FORMS)

    def issue(self, token: str, office: str | None, actor: str | None) -> str:
        """A pass for whoever presented this key, as text without spaces."""
        plain = msgspec.json.encode(Pass(token, office, actor, int((self._clock() + LASTS).timestamp())))
        nonce = secrets.token_bytes(NONCE_BYTES)
        return base64.urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, plain, _SEALS)).decode().rstrip("=")

    def read(self, shown: str) -> Pass:
        """The pass. Raises Unauthenticated where it is none of ours, or over."""
        return self._read(shown)[0]

    def end(self, shown: str) -> None:
        """From now on it is over, wherever a copy of it lies. Raises Unauthenticated where it is already."""
        found, name = self._read(shown)
        with self._uow.begin() as session:
            row = insert(session.sql, ended_passes).values(id=name, until=found.until)
            session.sql.execute(row.on_conflict_do_nothing())  # of two who end it at once both are right

    def forget(self) -> None:
        """Those that would be over by now without having been ended."""
        with self._uow.begin() as session:
            session.sql.execute(delete(ended_passes).where(ended_passes.c.until <= int(self._clock().timestamp())))

    def _read(self, shown: str) -> tuple[Pass, str]:
        try:
            sealed = base64.b64decode(shown + "=" * (-len(shown) % 4), altchars=b"-_", validate=True)
            plain = self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _SEALS)
        except (ValueError, InvalidTag):
            raise Unauthenticated(rule="pass.over") from None
        found = msgspec.json.decode(plain, type=Pass)
        name = hashlib.sha256(sealed).hexdigest()  # of what the text stands for: several texts stand for the same
        over = found.until <= self._clock().timestamp()
        if over or self._uow.glance(lambda reader: list(reader.ask_rows(_ENDED, [name]))):
            raise Unauthenticated(rule="pass.over")
        return found, name

    def form(self, shown: str, office: str) -> str:
        """What every form of a page bears that is made for this pass, and office: no page of others can know it."""
        return f"{office}.{hmac.new(self._forms, f'{office}.{shown}'.encode(), hashlib.sha256).hexdigest()}"

    def require_form(self, shown: str, office: str, given: str) -> None:
        """Raises Forbidden where a form was not made for this pass, and this office."""
        if not hmac.compare_digest(self.form(shown, office).encode(), given.encode()):
            raise Forbidden(field="form", rule=FOREIGN)


def office_of(form: str) -> str:
    """For which office the page was made whose forms bear this."""
    return form.partition(".")[0]


def _derived(ring: MasterKeys, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(ring.oldest)
