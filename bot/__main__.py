"""`python -m bot`: the doctor by itself, since it must answer also where a package is broken; all else by bot.cli."""

from __future__ import annotations

import os
import sys


def main() -> int:
    if sys.argv[1:2] == ["doctor"]:
        from bot import doctor

        return doctor.run(os.environ, sys.stdout)
    from bot import cli

    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
