"""What to say of a job's end."""

from __future__ import annotations

from typing import Any

from voltui.jobs.plan import BackupPlan, Plan, PrunePlan, RestorePlan, VerifyPlan

VERBS = {
    "backup": "The backup of",
    "restore": "The restore of",
    "verify": "Verifying",
    "export": "The export of",
    "prune": "Deleting",
}


def done(plan: Plan, result: dict[str, Any]) -> str:
    """The sentence for a job that did what it was for."""
    if isinstance(plan, BackupPlan):
        return f"Backed up and verified {plan.subject}."
    if isinstance(plan, RestorePlan):
        kept = " The old content is kept as a backup." if result.get("undo") else ""
        return f"Restored {plan.subject}.{kept}"
    if isinstance(plan, VerifyPlan):
        if result["hashes_only"]:
            return f"Not all of {plan.subject} was opened: without its key only the hashes of its files were compared."
        return f"Verified {plan.subject}: whole and unchanged."
    if isinstance(plan, PrunePlan):
        return f"Deleted {plan.subject}."
    return f"Exported {plan.subject}."
