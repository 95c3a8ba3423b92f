/** The end of `spaceport --help`. */
export const generalHelp: string = `
Examples:
  spaceport ask What is the capital of France
  spaceport ask --help
`;

/** The end of `spaceport ask --help`. */
export const askHelp: string = `
The question:
  Words are joined by blanks; quote what the shell would change. Without words it is read from
  standard input, or asked for at a prompt where that is a terminal. With words, standard input is
  read only where "-" stands among them; it then follows the words, after an empty line.

Output:
  The answer goes to stdout and nothing else does. What happens on the way goes to stderr.

Examples:
  spaceport ask What is the capital of France
  spaceport ask --system "Answer in one word." "What is the capital of France?"
  spaceport ask --provider local --offline "What is the capital of France?"
  spaceport ask --explain --model qwen-2-72b
  spaceport ask --provider owner/name "What is the capital of France?"
  spaceport ask --provider ollama --model qwen3 "What is the capital of France?"
  git diff | spaceport ask "Explain this change:" -
  spaceport ask --json "Tell me a story." | jq -rj 'select(.type == "text-delta").text'

Whom it asks:
  The chain "free-chat", without an account: the Space qwen-2-72b, the endpoint ovhcloud, endpoints
  whose keys are set (GROQ_API_KEY, CEREBRAS_API_KEY, OLLAMA_API_KEY), then local, a small model on
  this machine. A line on stderr says who gets the prompt, before it goes there.
  With --without ovhcloud: all of them but that one. With --offline: local alone.
  With --provider owner/name, or the address of a Gradio server: that Space, if it is a chat.
  With --provider groq, ollama or another endpoint that is known (docs/endpoints.md): that one.
  A configuration changes that: spaceport.config.ts, .mts, .js, .mjs or .json in the current folder,
  or in the nearest folder above it within the same repository.

Exit codes:
  0    answered
  1    no provider could answer, or the answer broke off (what came of it is on stdout)
  2    wrong use, or a mistake in the configuration
  130  stopped by Ctrl-C (143: by SIGTERM)

Environment:
  HF_TOKEN                           Hugging Face token, for Spaces, for the weights of local and for
                                     the endpoint huggingface
  GROQ_API_KEY, MISTRAL_API_KEY, …   keys of endpoints, each for its own (docs/endpoints.md has all)
  HTTP_PROXY, HTTPS_PROXY, NO_PROXY  proxies; in lower case as well
  NO_COLOR, FORCE_COLOR              colours on stderr: never, always
`;
