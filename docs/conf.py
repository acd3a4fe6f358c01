"""Settings of the site that `make docs` builds."""

from __future__ import annotations

import sys
from pathlib import Path

import frontmap

sys.path.insert(0, str(Path(__file__).parent))

project = "frontmap"
author = project_copyright = "The frontmap developers"
version = release = frontmap.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "reference_pages"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
default_role = "code"
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"frontmap {version}"
html_copy_source = False

autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "ignore-module-all": True}
autodoc_typehints_format = "short"
napoleon_google_docstring = False
napoleon_use_rtype = False

# What a docstring refers to must exist; only types of other libraries are not looked up, since
# their own documentation is not at hand without a network.
nitpicky = True
nitpick_ignore_regex = [("py:class", r"(?!frontmap\.).*|frontmap\..*\._\w+")]
