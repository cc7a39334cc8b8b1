"""What waits for a clock: jobs that the rooms register, and when each last ran.

Below all rooms, so that each of them can register its own. It knows none of them.
"""
