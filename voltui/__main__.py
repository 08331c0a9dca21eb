"""Entry point of ``voltui`` and ``python -m voltui``."""

from voltui.cli import main

if __name__ == "__main__":
    main()
