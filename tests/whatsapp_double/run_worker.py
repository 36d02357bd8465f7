"""Run the product's WhatsApp process against the double: a command line that stands in for `-m bot.whatsapp.worker`.

Go reads its environment at exec only. So this program first executes itself again with the double's certificate
and proxy in the environment (same process, same standard input), then patches the Noise root key in memory, and
then is the worker. The product needs no test hook beyond a configurable command.
"""

from __future__ import annotations

import argparse
import os
import runpy
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ca", required=True, help="certificate of the double's authority (PEM file)")
    parser.add_argument("--proxy", required=True, help="the double's address, http://127.0.0.1:PORT")
    parser.add_argument("--root", required=True, help="public Noise root key of the double, hex")
    options = parser.parse_args()
    if os.environ.get("SSL_CERT_FILE") != options.ca:
        _start_again(options.ca, options.proxy)
    sys.path.insert(0, str(ROOT))
    from tests.whatsapp_double.patch import patch_noise_root

    patch_noise_root(bytes.fromhex(options.root))
    sys.argv = ["bot.whatsapp.worker"]
    runpy.run_module("bot.whatsapp.worker", run_name="__main__")


def _start_again(ca: str, proxy: str) -> None:
    certificates = {"SSL_CERT_FILE": ca, "SSL_CERT_DIR": str(Path(ca).parent / "no-certificates")}
    environment = {**os.environ, **certificates, "HTTPS_PROXY": proxy}
    os.execve(sys.executable, [sys.executable, *sys.argv], environment)


if __name__ == "__main__":
    main()
