"""The hook of mkdocs: adds the pages made from code and what lies outside docs/, and puts links right."""

from markdown import Extension, Markdown
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page

from docs.making.outside import ROOT, gathered, path_of, redirected
from docs.making.reference import PAGES


class AsElsewhere(Extension):  # type: ignore[misc]
    """Nests lists by two blanks, as GitHub does; comes first, as it builds the parser anew."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name that Markdown calls
        """Say how far a list is indented."""
        md.tab_length = 2
        md.build_parser()


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Read Markdown as the repository's pages are written."""
    config.markdown_extensions.insert(0, AsElsewhere())
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what is made, and what the pages lead to."""
    written = [file.src_uri for file in files.documentation_pages()]
    for page, make in PAGES.items():
        files.append(File.generated(config, page, content=make()))
    beside = InclusionLevel.NOT_IN_NAV
    for page, text in gathered(written).items():
        if text:
            files.append(File.generated(config, page, content=text, inclusion=beside))
        else:
            copied = str(ROOT / path_of(page))
            files.append(File.generated(config, page, abs_src_path=copied, inclusion=beside))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Let the links of a page lead to pages of the site."""
    del config, files
    return redirected(page.file.src_uri, markdown)
