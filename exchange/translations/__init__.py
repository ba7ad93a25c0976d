"""Texts for people, in Chinese and English, keyed by the stable codes and rules of errors."""

from exchange.translations.languages import CHINESE, DEFAULT, LANGUAGES, Language, choose, language_of
from exchange.translations.texts import all_messages, known, text

__all__ = ["CHINESE", "DEFAULT", "LANGUAGES", "Language", "all_messages", "choose", "known", "language_of", "text"]
