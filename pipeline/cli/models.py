"""storycheck models: the embedded models, and which are fetched."""

import typer

from pipeline.config import read_environment

EXAMPLES = """
Examples:
  storycheck models                                     # which there are
  storycheck check story/ --model qwen2.5-coder-0.5b    # the smaller one
"""


def models() -> None:
    """List the embedded models, their licences, and which are fetched."""
    from pipeline.embedded.fetch import is_fetched
    from pipeline.embedded.models import CATALOGUE

    folder = read_environment().models_dir
    for model in CATALOGUE.values():
        state = "fetched" if is_fetched(model, folder) else "not fetched"
        typer.echo(f"{model.name}  {model.size_bytes / 1e9:.2f} GB  {model.licence}  {state}")
        typer.echo(f"    {model.source_page}  (licence: {model.licence_url})")
    typer.echo(f"They are kept in {folder}; STORYCHECK_MODELS names another folder.")
