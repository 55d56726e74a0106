"""How `make docs` makes the site of the documentation, with Sphinx."""

from __future__ import annotations

import importlib.metadata
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
LIBRARY = DOCS.parent / "uitwijk"
PUBLIC = {"__init__.py", "continuity", "machines", "observe", "resources"}
"""What a region's own program, components and recipes import."""
sys.path[:0] = [str(DOCS / "extensions")]

project = "Uitwijk"
version = release = importlib.metadata.version("uitwijk")
extensions = [
    "myst_parser",
    "sphinx.ext.apidoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "api",
    "commands",
    "catalogue",
    "complete",
]
exclude_patterns = ["examples", "requirements.txt", "reference/api/modules.rst", "reference/api/uitwijk.rst"]
html_theme = "furo"
html_title = f"Uitwijk {version}"
html_static_path = ["static"]
html_css_files = ["narrow.css"]
html_copy_source = False
html_show_copyright = False
html_theme_options = {"top_of_page_buttons": []}
# A page may say what stands in a folder of the repository; whoever reads the site has a clone.
myst_heading_anchors = 4
myst_links_external_new_tab = False

# Docstrings write code in single backticks, as the documents do.
default_role = "literal"
# Where a type cannot be resolved, its short name may be that of several classes.
suppress_warnings = ["ref.python"]
python_use_unqualified_type_names = True
add_module_names = False
napoleon_numpy_docstring = False
napoleon_use_rtype = False
autodoc_default_options = {"exclude-members": "model_config"}
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
autodoc_class_signature = "mixed"
apidoc_modules = [
    {
        "path": str(LIBRARY),
        "destination": "reference/api",
        "separate_modules": True,
        "max_depth": 1,
        "module_first": True,
        "exclude_patterns": [str(path) for path in LIBRARY.iterdir() if path.name not in PUBLIC],
    }
]
