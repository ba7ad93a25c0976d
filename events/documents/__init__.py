"""Identity documents: what a number says, and whether it can be right. Pure."""

from events.documents.check_digit import check_digit
from events.documents.document import KINDS, Document, Holder, Sex
from events.documents.lookup import lookup_form
from events.documents.masking import mask
from events.documents.parsing import parse
from events.documents.resident import resident_number

__all__ = ["KINDS", "Document", "Holder", "Sex", "check_digit", "lookup_form", "mask", "parse", "resident_number"]
