"""What happens: backup, restore, verify. Each job is a process of its own with a journal of undoable steps.

`submit` starts one, `watch` follows it, `recover` cleans up after one that died. See ``worker`` for the process and
``undo`` for what each step's undo does.
"""
