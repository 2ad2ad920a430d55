"""First questions: what to ask first in an area, from the family's template."""

from collections.abc import Sequence

from bot.domain.case import Case
from bot.domain.family import Family
from bot.domain.values import AreaKey, Language
from handlers.views import parts


def first_questions(case: Case, area: AreaKey, families: Sequence[Family], language: Language) -> list[str]:
    """The area's first questions as a list, ready to be shown."""
    return [f"• {parts.typed(question, 300)}" for question in questions_of(case, area, families, language)]


def questions_of(case: Case, area: AreaKey, families: Sequence[Family], language: Language) -> tuple[str, ...]:
    """The area's first questions; the case's own family is asked before the others."""
    ordered = sorted(families, key=lambda family: family.key != case.family)
    for template in (template for family in ordered for template in family.areas):
        if template.key == area:
            return template.first_questions(language)
    return ()
