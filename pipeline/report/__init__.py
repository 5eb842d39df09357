"""The report pages, made from the stored record alone: no model is ever asked.

Everything from articles and models is shown as text: escaped, its hidden characters written out.
"""

from pipeline.report.html import render_html
from pipeline.report.index import IndexEntry, index_entry, render_index
from pipeline.report.markdown import render_markdown

__all__ = ["IndexEntry", "index_entry", "render_html", "render_index", "render_markdown"]
