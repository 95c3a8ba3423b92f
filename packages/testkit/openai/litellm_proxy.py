"""Runs LiteLLM's proxy on 127.0.0.1: `python litellm_proxy.py config.yaml port`. Where the port is taken it takes another one, and says which."""

import sys

from support import end_with_standard_input

end_with_standard_input()

from litellm import run_server  # noqa: E402

run_server(args=["--config", sys.argv[1], "--host", "127.0.0.1", "--port", sys.argv[2], "--num_workers", "1"])
