"""An alarm clock for the daemon's loop: APScheduler with a job for the next deadline, and one for the week's end.

Law: it only wakes the loop; what is due then, the loop says from the clocks. So an alarm may come late (APScheduler
waits in time that stops with the machine's sleep, for a moment of the wall clock) as long as the loop, which also wakes
by itself each minute, arms it anew. One thread waits for the earliest of the jobs.
"""

import logging
from collections.abc import Callable
from datetime import UTC

from breakd.adapters.clock import in_utc
from breakd.ports import DEADLINE


class Ticker:
    """Calls `wake` with the job's name, on a thread of its own, when the alarm that was armed last for it is due."""

    def __init__(self, wake: Callable[[str], None]) -> None:
        # APScheduler costs 50 ms and 10 MB: it loads here, after the tray is up.
        from apscheduler.executors.debug import DebugExecutor  # noqa: PLC0415
        from apscheduler.schedulers.background import BackgroundScheduler  # noqa: PLC0415

        logging.getLogger("apscheduler").setLevel(logging.WARNING)  # it would tell of each alarm that is armed
        self._wake = wake
        # This executor runs the job on the scheduler's own thread, where a pool would wake a second one. The zone is
        # given because APScheduler would look for the system's own, and fail where that has no name.
        self._scheduler = BackgroundScheduler(executors={"default": DebugExecutor()}, timezone=UTC)
        self._scheduler.start()

    def arm(self, seconds_from_now: float, job: str = DEADLINE) -> None:
        """Set the alarm for a job, in place of the one before; in the past is at once."""
        self._scheduler.add_job(
            self._wake,
            "date",
            args=(job,),
            run_date=in_utc(seconds_from_now),
            id=job,
            replace_existing=True,
            misfire_grace_time=None,  # however late, it is not dropped
            coalesce=True,
            max_instances=1,
        )

    def close(self) -> None:
        """End the thread. Not to be called from `wake`."""
        self._scheduler.shutdown(wait=False)
