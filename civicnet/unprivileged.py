"""The account that a program which must not be root runs under."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int
    name: str


def unprivileged_account(folder: Path) -> Account | None:
    """Under whom to run when started by root: the owner of the folder's nearest existing parent
    if that is a person, else `nobody`. None when not root."""
    if os.geteuid() != 0:
        return None
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        owner = pwd.getpwuid(existing.stat().st_uid)
    except KeyError:
        owner = pwd.getpwuid(0)
    person = owner if owner.pw_uid else pwd.getpwnam("nobody")
    return Account(person.pw_uid, person.pw_gid, person.pw_name)


def can_reach(path: Path, account: Account) -> bool:
    """Whether the account may pass through every folder down to this one."""
    for folder in (path, *path.parents):
        if not folder.exists():
            continue
        found = folder.stat()
        needed = 0o100 if found.st_uid == account.uid else 0o001
        if found.st_gid == account.gid and found.st_uid != account.uid:
            needed = 0o010
        if not found.st_mode & needed:
            return False
    return True
