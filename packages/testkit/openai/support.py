"""What the servers share."""

import os
import sys
import threading


def end_with_standard_input():
    """Ends this process when standard input ends, so that it never outlives the process that started it."""

    def wait():
        while sys.stdin.buffer.read(4096):
            pass
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()
