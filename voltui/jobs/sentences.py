"""What to say of a job's end."""

from __future__ import annotations

from typing import Any

from voltui.jobs.file_plans import UndoFilesPlan
from voltui.jobs.kept_files import KEPT_FILES
from voltui.jobs.plan import BackupPlan, Plan, RestorePlan, VerifyPlan
from voltui.jobs.volume_plans import RemovePlan, UnsharePlan
from voltui.model.retention import UNDO_DAYS

VERBS = {
    "backup": "The backup of",
    "restore": "The restore of",
    "verify": "Verifying",
    "export": "The export of",
    "export-backup": "The export of",
    "prune": "Deleting",
    "share": "Sharing",
    "unshare": "Taking back",
    "clone": "Cloning",
    "create": "Creating the volume",
    "remove": "Removing",
    "image": "Making an image of",
    "import-image": "Importing",
    "copy-out": "Copying out",
    "restore-files": "The restore of",
    "delete-files": "Deleting",
    "undo-files": "The undo of",
    "put": "Putting",
    "edit": "Writing",
}


_DONE = {
    "export": "Exported",
    "export-backup": "Exported",
    "prune": "Deleted",
    "share": "Shared",
    "clone": "Cloned and verified",
    "create": "Created and mounted",
    "image": "Made an image of",
    "import-image": "Imported and verified",
    "copy-out": "Copied",
    "restore-files": "Restored",
    "delete-files": "Deleted",
    "undo-files": "Undid the change of",
    "put": "Put",
    "edit": "Wrote",
}


def done(plan: Plan, result: dict[str, Any]) -> str:
    """The sentence for a job that did what it was for."""
    if isinstance(plan, BackupPlan):
        return f"Backed up and verified {plan.subject}."
    if isinstance(plan, RestorePlan):
        kept = " The old content is kept as a backup." if result.get("undo") else ""
        if plan.only_empty:
            return f"Imported {plan.file_words} into {plan.subject}."
        return f"Restored {plan.subject}{f' from {plan.file_words}' if plan.file else ''}.{kept}"
    if isinstance(plan, VerifyPlan):
        if result["hashes_only"]:
            return f"Not all of {plan.subject} was opened: without its key only the hashes of its files were compared."
        return f"Verified {plan.subject}: whole and unchanged."
    if isinstance(plan, RemovePlan):
        kept = " A backup of each is kept." if plan.backup else ""
        return f"Removed {plan.subject}.{kept}"
    if isinstance(plan, UnsharePlan):
        taken = f"Took back {plan.subject}." if plan.takers else f"Removed the data container {plan.subject}."
        return f"{taken} Its volumes stay."
    kept = f" What was there is kept in the volume for {UNDO_DAYS} days; undo brings it back."
    verb = "Redid the change of" if isinstance(plan, UndoFilesPlan) and plan.redoes else _DONE[plan.kind]
    return f"{verb} {plan.subject}.{kept if KEPT_FILES in result and result['replaced'] else ''}"
