"""Serves a GGUF model through llama.cpp's own HTTP server on a free port of 127.0.0.1, and prints `SERVER READY <url>` once it answers.

CHAT_SERVER_OPTIONS is a JSON object: weights, model (its name), apiKey, slots, contextTokens, threads, chatTemplate (a path; left out, the model's own).
"""

import json
import os
import threading

import xllamacpp
from support import end_with_standard_input

options = json.loads(os.environ["CHAT_SERVER_OPTIONS"])
end_with_standard_input()

params = xllamacpp.CommonParams()
params.model.path = options["weights"]
params.model_alias = {options["model"]}
params.api_keys = [options["apiKey"]]
params.hostnames = ["127.0.0.1"]
params.port = 0
params.n_parallel = options["slots"]
params.n_ctx = options["contextTokens"]
# One store for all slots, so that each of them may use the whole of it.
params.kv_unified = True
params.cpuparams.n_threads = options["threads"]
params.cpuparams_batch.n_threads = options["threads"]
params.use_jinja = True
if options.get("chatTemplate"):
    with open(options["chatTemplate"], encoding="utf-8") as file:
        params.chat_template = file.read()
# Chats are answered beside embeddings.
params.embedding = True
params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
params.endpoint_slots = True
params.endpoint_metrics = True
params.endpoint_props = True
params.ui = False
params.warmup = False
params.fit_params = False
# What a conversation before left behind would make the same seed answer otherwise.
params.cache_prompt = False
params.cache_ram_mib = 0

server = xllamacpp.Server(params)
print(f"SERVER READY {server.listening_address}", flush=True)
threading.Event().wait()
