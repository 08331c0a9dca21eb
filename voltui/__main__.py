"""Entry point of ``voltui`` and ``python -m voltui``."""

try:
    from voltui.cli import main
except KeyboardInterrupt:  # ^C while it is being loaded, for which nothing was begun yet
    raise SystemExit(130) from None

if __name__ == "__main__":
    main()
