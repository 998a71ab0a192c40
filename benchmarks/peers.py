"""Node-RED with the same work, installed from npm at a pinned version into a folder outside the project. Never part of the checks."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import servers

NODE, NODE_RED = "node@22.14.0", "node-red@5.0.7"
"""Node-RED of this version wants Node.js 22.9 or newer, whichever is on the machine."""
FLOWS = servers.HERE / "peer_flows"


def installed(scratch: Path, package: str) -> Path:
    """The folder of an npm package, installed once."""
    name = package.partition("@")[0]
    home = scratch / "node_modules" / name
    if not home.exists():
        npm = shutil.which("npm")
        if npm is None:
            raise SystemExit("the peers' mode needs Node.js and npm")
        scratch.mkdir(parents=True, exist_ok=True)
        print(f"Installing {package} into {scratch} (minutes the first time)…", flush=True)
        subprocess.run([npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(scratch), package], check=True)
    return home


def node_red(scratch: Path, folder: str, *, calls: bool) -> servers.Server:
    """Node-RED as it comes; it keeps nothing and answers on acceptance, without calls with the result."""
    node, home = installed(scratch, NODE) / "bin" / "node", installed(scratch, NODE_RED)
    port, targets = servers.free_port(), servers.free_port()
    flows = (FLOWS / "node-red-flows.json").read_text().replace(f"127.0.0.1:{servers.TARGETS}", f"127.0.0.1:{targets}")
    Path(folder, "flows.json").write_text(json.dumps(json.loads(flows)))
    settings = str(FLOWS / "node-red-settings.js")
    command = [str(node), str(home / "red.js"), "--userDir", folder, "--settings", settings, str(Path(folder, "flows.json"))]
    path = "/webhook/order" if calls else "/webhook/order-cpu"
    return servers.Server(command, path, port, folder, targets, {"PORT": str(port)})
