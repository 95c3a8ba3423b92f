"""Serves a Gradio app on 127.0.0.1:$TWIN_PORT, and prints `TWIN READY {"url": …, "gradio": …}` once it answers. Exit code 98: the port is taken.

    python serve.py app.py    serves what the file calls `demo`: an app as it stands in a Space, whose `launch` is behind `if __name__ == "__main__"`

The app may import its neighbours, and `support`.

Environment
-----------
    TWIN_PORT                   the port
    TWIN_AUTH                   user:password
    TWIN_CONCURRENCY            concurrency limit of each function, default 5
    TWIN_QUEUE_SIZE             max_size of the queue, default none
    TWIN_API_OPEN               1: functions that are queued can also be called past the queue
    TWIN_SHOW_ERROR             1: launch(show_error=True)
    TWIN_ROOT_PATH              launch(root_path=…)
    TWIN_MAX_FILE_SIZE          launch(max_file_size=…), such as 1kb, from Gradio 4.29 on
    TWIN_ALLOWED_PATHS          launch(allowed_paths=…), separated by colons
    TWIN_EXIT_WITH_STDIN        1: ends when standard input ends, so that it never outlives the process that started it
    TWIN_FOLDER                 a folder to remove in that case
"""

import inspect
import json
import os
import runpy
import shutil
import sys
import threading

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import gradio as gr  # noqa: E402

PORT_IS_TAKEN = 98


def accepted(function, **options):
    """Those of the options that this version of Gradio knows."""
    known = inspect.signature(function).parameters
    return {name: value for name, value in options.items() if name in known}


def add_queue(demo):
    concurrency = int(os.environ.get("TWIN_CONCURRENCY") or 5)
    size = int(os.environ["TWIN_QUEUE_SIZE"]) if os.environ.get("TWIN_QUEUE_SIZE") else None
    # Gradio 3 limits the whole queue; from 4 on a limit belongs to a function.
    old = gr.__version__.startswith("3.")
    limits = {"concurrency_count": concurrency} if old else accepted(demo.queue, default_concurrency_limit=concurrency)
    demo.queue(api_open=os.environ.get("TWIN_API_OPEN") == "1", max_size=size, **limits)


def end_with_standard_input():
    while sys.stdin.buffer.read(4096):
        pass
    if os.environ.get("TWIN_FOLDER"):
        shutil.rmtree(os.environ["TWIN_FOLDER"], ignore_errors=True)
    os._exit(0)


def serve(demo):
    """Serves an app that has its queue, until the process ends."""
    if os.environ.get("TWIN_EXIT_WITH_STDIN") == "1":
        threading.Thread(target=end_with_standard_input, daemon=True).start()
    port = int(os.environ["TWIN_PORT"])
    given = {
        "root_path": os.environ.get("TWIN_ROOT_PATH"),
        "max_file_size": os.environ.get("TWIN_MAX_FILE_SIZE"),
        "allowed_paths": os.environ["TWIN_ALLOWED_PATHS"].split(":") if os.environ.get("TWIN_ALLOWED_PATHS") else None,
    }
    try:
        demo.launch(
            server_name="127.0.0.1",
            server_port=port,
            prevent_thread_lock=True,
            quiet=True,
            share=False,
            inbrowser=False,
            show_error=os.environ.get("TWIN_SHOW_ERROR") == "1",
            auth=tuple(os.environ["TWIN_AUTH"].split(":", 1)) if os.environ.get("TWIN_AUTH") else None,
            **accepted(demo.launch, ssr_mode=False, **{name: value for name, value in given.items() if value}),
        )
    except OSError as error:
        if "port" not in str(error).lower():
            raise
        print(error, file=sys.stderr, flush=True)
        # Not sys.exit: where a thread reads standard input, the interpreter may be aborted while it shuts down.
        os._exit(PORT_IS_TAKEN)
    print("TWIN READY " + json.dumps({"url": f"http://127.0.0.1:{port}", "gradio": gr.__version__}), flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    path = os.path.abspath(sys.argv[1])
    sys.path.insert(0, os.path.dirname(path))
    app = runpy.run_path(path, run_name="app")["demo"]
    add_queue(app)
    serve(app)
