"""Cases, and the replies that move them."""

from __future__ import annotations

from typing import Any, get_args

from marshmallow import validates_schema

from events.catalogue.case import DisputeReason, Refusal
from events.catalogue.values import NoteKind
from exchange.protocol.comparing.equal import Compared
from exchange.protocol.record import CaseStatus
from schemas.v1 import fields
from schemas.v1.contents import content_faults
from schemas.v1.paging import Page, PageQuery
from schemas.v1.person import SheetSchema
from schemas.v1.problem import ProblemSchema
from schemas.v1.wire import Wire, invalid

ANSWERS = ("case.confirmed", "case.deferred", "case.disputed", "case.redirected", "enquiry.answered")


class CasesQuery(PageQuery):
    """Which cases."""

    status = fields.choice(*get_args(CaseStatus))
    kind = fields.choice(*get_args(NoteKind))
    side = fields.choice("asked", "asker", metadata={"description": "Whether the office was asked, or asks."})
    escalated = fields.Flag(metadata={"description": "Whether it was escalated and still waits."})
    person = fields.identifier()


class CaseRowSchema(Wire):
    """One question between two offices, in the clear: no person is read."""

    id = fields.identifier(required=True)
    office = fields.office(required=True, metadata={"description": "Whose side this is."})
    kind = fields.Text(required=True)
    opening = fields.Reference(required=True)
    asked = fields.office(required=True)
    asker = fields.office(required=True)
    person = fields.identifier(required=True)
    status = fields.choice(*get_args(CaseStatus), required=True)
    due_on = fields.Text(allow_none=True, metadata={"description": "Until when it is to be answered."})
    due_provisional = fields.provisional()
    decide_by = fields.Text(
        allow_none=True,
        metadata={"description": "Until when the asker decides on the deviations or the dispute it was answered with."},
    )
    decide_provisional = fields.provisional()
    late = fields.Flag(metadata={"description": "Whether the day of the answer, or of the decision on it, went by."})
    opened_at = fields.Text(required=True)
    answered_at = fields.Text(
        allow_none=True,
        metadata={"description": "When the answer came that waits for a decision, or the decision was taken back."},
    )
    closed_at = fields.Text(allow_none=True)
    reason = fields.Text(allow_none=True)


class CaseSchema(CaseRowSchema):
    """The case with everything that whoever answers it must see."""

    asks = fields.Text(metadata={"description": "What is asked, in one sentence."})
    allowed = fields.Many(
        fields.Text(),
        metadata={
            "description": "Replies that the office could record now, by their event types; where the office asked is"
            " outside, also those that came on paper."
        },
    )
    question = fields.Open(allow_none=True, metadata={"description": "The event that opened it, as it now stands."})
    ours = fields.Open(metadata={"description": "Particulars that the office holds, beside what the question says."})
    stated = fields.Open(metadata={"description": "Particulars that the question states."})
    differing = fields.Anything(metadata={"description": "Where the two differ."})
    missing = fields.Many(
        fields.Text(),
        metadata={"description": "Fields that the question states and the office does not hold."},
    )
    deviations = fields.Many(fields.Open())
    accepted = fields.Many(fields.Text())
    insisted = fields.Many(fields.Text())
    reopened = fields.Many(fields.Text())
    offers = fields.Open(
        allow_none=True,
        metadata={"description": "Of an enquiry: the answer by what the office holds, ready to be recorded."},
    )
    among = fields.Many(
        fields.identifier(),
        metadata={"description": "Of an enquiry that fits several: these persons, for people to say who is meant."},
    )
    unclear = fields.Flag(
        metadata={"description": "Of an enquiry: who bears the document cannot be read, so that nothing is offered."}
    )
    place = fields.Open(allow_none=True)
    redirected_to = fields.office(allow_none=True)
    proposes = fields.office(
        allow_none=True, metadata={"description": "Who should rather be asked, where the office's own book knows it."}
    )
    recognised = fields.Flag()
    on_paper = fields.Flag(metadata={"description": "Whether the last answer came on paper, by the asker's word."})
    thread = fields.Many(fields.Open(allow_none=True))
    aside = fields.Many(fields.Open(allow_none=True), metadata={"description": "Replies that came too late."})
    record = fields.Inner(SheetSchema)
    etag = fields.Text(metadata={"description": "Version of the office's record, for If-Match."})


class CasesSchema(Page):
    """A page of cases."""

    items = fields.Many(fields.Inner(CaseRowSchema), required=True, most=200)


class PlaceSchema(Wire):
    """A town, abroad, unknown or no fixed abode."""

    kind = fields.choice("town", "abroad", "unknown", "no_fixed_abode", required=True)
    code = fields.office()
    country = fields.Formed(r"^[A-Z]{2}$", "schema.country")
    last = fields.office()


class DeviationSchema(Wire):
    """A field where the office asked holds something else."""

    field = fields.Formed(r"^[a-z][a-z_.]{0,59}$", "schema.code", required=True)
    ours = fields.Anything(allow_none=True)
    yours = fields.Anything(allow_none=True)


class ReplySchema(Wire):
    """What every reply may say: its own id, and its day (today where none is given)."""

    id = fields.event_id(metadata={"description": "UUIDv7 chosen by the client; makes a repeated request harmless."})
    effective_on = fields.Day()


class SaidSchema(ReplySchema):
    """What the office asked says, or what one outside answered on paper."""

    sees = fields.Many(fields.Reference(), metadata={"description": "The amendments that the reply knew."})
    received_on = fields.Day(
        metadata={"description": "When it came on paper from an office outside, for which the asker records it."}
    )
    note = fields.Text(most=2000, metadata={"description": "A remark; of paper also who signed it, and where it lies."})


class ConfirmSchema(SaidSchema):
    """The same is held, or what differs."""

    deviations = fields.Many(fields.Inner(DeviationSchema))


class AnswerSchema(SaidSchema):
    """Facts, not held, or why nothing is told."""

    held = fields.Flag(
        metadata={"description": "Whether the office holds the person; left out, it does where it tells facts."}
    )
    facts = fields.Open(metadata={"description": "What it holds, of the fields that were asked for."})
    refused = fields.choice(
        *get_args(Refusal),
        metadata={"description": "Why nothing is told; `incomplete`: what is given does not say who is meant."},
    )


class ConfirmEqualSchema(Wire):
    """Cases that ask this office."""

    id = fields.event_id(metadata={"description": "UUIDv7 chosen by the client; makes a repeated request harmless."})
    cases = fields.Many(fields.identifier(), required=True, least=1, most=1000)


class ComparedSchema(Wire):
    """What became of one case."""

    case = fields.identifier(required=True)
    became = fields.choice(
        *get_args(Compared),
        "confirmed",
        "answered",
        "repeated",
        "refused",
        required=True,
        metadata={"description": "Confirmed or answered, or why a person has to look."},
    )
    fields_ = fields.Many(
        fields.Text(), data_key="fields", attribute="fields", metadata={"description": "Those that differ."}
    )
    error = fields.Inner(ProblemSchema, allow_none=True)


class ConfirmedEqualSchema(Wire):
    """What became of each case, in the order of the request."""

    confirmed = fields.Count(required=True)
    results = fields.Many(fields.Inner(ComparedSchema), required=True, most=1000)


class ParticularAnswerSchema(Wire):
    """What one case of the line is told in place of the confirmation."""

    case = fields.identifier(required=True)
    type = fields.choice(*ANSWERS, required=True, metadata={"description": "The reply, by its event type."})
    with_ = fields.Open(load_default=dict, data_key="with", metadata={"description": "Its content, by the type."})

    @validates_schema(skip_on_field_errors=False)
    def _fits_its_type(self, data: dict[str, Any], **_: Any) -> None:
        type_, content = data.get("type"), data.get("with_")
        found = list(content_faults(type_, content)) if type_ in ANSWERS and isinstance(content, dict) else []
        if found:
            raise invalid(found)


class AnswerLineSchema(ReplySchema):
    """The answer to a line of the inbox: to some members in particular, and to the rest."""

    rest = fields.choice(
        "equal",
        "all",
        load_default="equal",
        metadata={
            "description": "Whom else to confirm: in whom nothing differs; or also those of whom no record can tell."
        },
    )
    answers = fields.Many(fields.Inner(ParticularAnswerSchema), load_default=list, most=1000)


class LineAnsweredSchema(Wire):
    """What became of each case of the line."""

    submission = fields.Text(required=True, metadata={"description": "Of the replies: all of them are one act."})
    results = fields.Many(fields.Inner(ComparedSchema), required=True, most=1000)


class DisputeSchema(SaidSchema):
    """It is not held so."""

    reason = fields.choice(*get_args(DisputeReason), required=True)
    place = fields.Inner(PlaceSchema)
    since = fields.Day()


class RedirectSchema(ReplySchema):
    """Another office should be asked."""

    to = fields.office(required=True)


class SettleSchema(ReplySchema):
    """Ends what a reply left open."""

    accepted = fields.Many(fields.Text(most=60))
    insisted = fields.Many(fields.Text(most=60))
    whole = fields.choice("accepted", "insisted")


class DeferSchema(ReplySchema):
    """Still looking, or an extension: once, until a later day than the one on which the answer is due."""

    until = fields.Day(required=True)
    reason = fields.code(required=True)


class NoteSchema(ReplySchema):
    """A question or remark inside the case."""

    text = fields.Text(required=True, most=2000)


class ReopenSchema(ReplySchema):
    """The case is open again."""

    reason = fields.code(required=True)
    fields_ = fields.Many(fields.Text(most=60), data_key="fields", attribute="fields")


class WithdrawSchema(ReplySchema):
    """The question no longer stands."""

    ground = fields.code(required=True)
