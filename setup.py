"""Packaging is declared in pyproject.toml; this adds one step: the flows of the repository travel inside the wheel."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree, ignore_patterns

from setuptools import setup
from setuptools.command.build_py import build_py


class WithFlows(build_py):
    """Copies ``flows/`` to ``designer/flows`` in the wheel. An editable install reads the folder itself."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib) / "designer" / "flows"
            copytree("flows", target, dirs_exist_ok=True, ignore=ignore_patterns("__pycache__"))


setup(cmdclass={"build_py": WithFlows})
