"""What the templates of lists need besides their context."""

from __future__ import annotations

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from backoffice.lists.declaration import TEXT, Column
from backoffice.lists.showing import Row

register = template.Library()


@register.simple_tag(takes_context=True)
def cells(context: template.Context, row: Row) -> SafeString:
    """The cells of one row. No loop of the template: a page has hundreds of cells, and each would cost ten lookups."""
    entry, link = row.entry, row.link
    found = []
    with context.push(entry=entry, object=entry.object, more=entry.more):
        for at, head in enumerate(context["heads"]):
            context["cell"] = head.column.value(entry.object)
            inside = head.hidden or _inside(context, head.column)
            found.append(f"{head.opening}{'' if at else link}{inside}</td>")
    return mark_safe("".join(found))  # noqa: S308 -- all parts of it are escaped


def _inside(context: template.Context, column: Column) -> str:
    if column.template == TEXT:
        value = context["cell"]
        return "–" if value is None else conditional_escape(value)
    return _template(context, column.template).render(context)


def _template(context: template.Context, name: str) -> template.Template:
    """Found once for a page, however many rows it has."""
    key = f"{__name__}:{name}"
    if key not in context.render_context:
        assert context.template is not None
        context.render_context[key] = context.template.engine.get_template(name)
    found: template.Template = context.render_context[key]
    return found
