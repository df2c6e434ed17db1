"""The page of the families: groups of names that a space may give in place of a list."""

from __future__ import annotations

from trainables.components.families import FAMILIES
from trainables.docs import markdown

_WORDS = """
`{family: NAME}` or `{family: [NAME, NAME]}` in place of a list stands for the names of one or
several families, each once; `when` works as with a choice.
"""

_EXAMPLE = """
```yaml
space:
  optimizer.name: {family: default}
  scheduler.name: {family: [default, warmup]}
  optimizer.lr:   {float: [1e-4, 1e-1], log: true}
```
"""


def text() -> str:
    parts = []
    for section, those in FAMILIES.items():
        parts.append(f"## {section}.name")
        rows = [
            (f"`{name}`", family.about, markdown.code(family.names))
            for name, family in those.items()
        ]
        parts.append(markdown.table(("family", "what it is", "names"), rows))
    return markdown.page("Families", " ".join(_WORDS.split()), _EXAMPLE, *parts)
