//! The rows of the table of options, and the variables that are none.

use super::option::{ForeignVariable, Group, Kind, OptionDef};

/// Everything that can be set, in the order of help and of `metagen config show`.
pub static OPTIONS: &[OptionDef] = &[
    OptionDef::new("out", Kind::Path, Group::Build, "Where the app is written [default: ./<app slug>]")
        .takes("DIR")
        .short('o'),
    OptionDef::new(
        "max_parallel",
        Kind::Whole { min: 1, max: 1024 },
        Group::Build,
        "How many tasks run at the same time",
    )
    .takes("N")
    .or("4"),
    OptionDef::new(
        "timeout",
        Kind::Seconds { max: 86_400 },
        Group::Build,
        "Bound of one attempt at a task, waiting for a turn to ask the model left out; a plan may set another one for a task",
    )
    .takes("SECONDS")
    .or("300"),
    OptionDef::new(
        "max_retries",
        Kind::Whole { min: 0, max: 20 },
        Group::Build,
        "Attempts after the first; a plan may set another number for a task",
    )
    .takes("N")
    .or("3"),
    OptionDef::new("fail_fast", Kind::Switch, Group::Build, "Stop at the first task that fails").or("false"),
    OptionDef::new(
        "wait",
        Kind::Seconds { max: 86_400 },
        Group::Build,
        "Wait for another run in the same directory to end, at most so long, instead of giving up at once",
    )
    .takes("SECONDS")
    .alone("86400"),
    OptionDef::new(
        "on_conflict",
        Kind::Choice(&["keep", "theirs", "markers"]),
        Group::Build,
        "Where you and the generator changed the same lines: keep yours, take theirs, or write both with markers",
    )
    .or("keep"),
    OptionDef::new(
        "no_fallback",
        Kind::Switch,
        Group::Model,
        "Fail where a model's plan cannot be used, instead of taking the offline planner's",
    )
    .or("false"),
    OptionDef::new(
        "provider",
        Kind::Choice(&["auto", "gemini", "openai", "mock", "replay"]),
        Group::Model,
        "Who answers: auto is gemini where a key is set, else mock, which needs no network",
    )
    .or("auto"),
    OptionDef::new("model", Kind::Text, Group::Model, "The model's id, as its provider knows it").takes("ID"),
    OptionDef::new(
        "base_url",
        Kind::Url,
        Group::Model,
        "The provider's server; for openai its version segment included [default: Google's for gemini, http://localhost:11434/v1 for openai]",
    )
    .takes("URL"),
    OptionDef::new(
        "api_version",
        Kind::Text,
        Group::Model,
        "The version of the Gemini API [default: v1; v1beta for *-latest models]",
    )
    .takes("VERSION"),
    OptionDef::new(
        "api_key_file",
        Kind::Path,
        Group::Model,
        "A file that holds the provider's key and nothing else; beats the variables of keys",
    )
    .takes("FILE"),
    OptionDef::new(
        "thinking",
        Kind::Text,
        Group::Model,
        "How much a Gemini model thinks: minimal, low, medium, high, xhigh, or a number of tokens for 2.5 models",
    )
    .takes("LEVEL"),
    OptionDef::new(
        "safety",
        Kind::Text,
        Group::Model,
        "Gemini's filters, separated by commas: dangerous_content=block_only_high,harassment=off",
    )
    .takes("CATEGORY=THRESHOLD"),
    OptionDef::new(
        "no_stream",
        Kind::Switch,
        Group::Model,
        "Take each answer in one piece, for servers and proxies that cannot stream",
    )
    .or("false"),
    OptionDef::new(
        "request_timeout",
        Kind::Seconds { max: 86_400 },
        Group::Model,
        "Bound of one request to the model, from start to end",
    )
    .takes("SECONDS")
    .or("120"),
    OptionDef::new(
        "connect_timeout",
        Kind::Seconds { max: 86_400 },
        Group::Model,
        "How long a connection to the model's server may take",
    )
    .takes("SECONDS")
    .or("10"),
    OptionDef::new(
        "first_byte_timeout",
        Kind::Seconds { max: 86_400 },
        Group::Model,
        "How long the model may be silent before its answer begins",
    )
    .takes("SECONDS")
    .or("120"),
    OptionDef::new(
        "idle_timeout",
        Kind::Seconds { max: 86_400 },
        Group::Model,
        "How long an answer that has begun may pause",
    )
    .takes("SECONDS")
    .or("60"),
    OptionDef::new(
        "rpm",
        Kind::Whole { min: 1, max: 1_000_000 },
        Group::Model,
        "Requests a minute that the whole run may make [default: unbounded]",
    )
    .takes("N"),
    OptionDef::new(
        "tpm",
        Kind::Whole { min: 1, max: u64::MAX },
        Group::Model,
        "Tokens a minute that the whole run may send, by estimate [default: unbounded]",
    )
    .takes("N"),
    OptionDef::new(
        "max_tokens_total",
        Kind::Whole { min: 0, max: u64::MAX },
        Group::Model,
        "Tokens that the run may send and get back; checked before each request [default: unbounded]",
    )
    .takes("N"),
    OptionDef::new(
        "max_cost",
        Kind::Money,
        Group::Model,
        "US dollars that the run may spend; checked before each request [default: unbounded]",
    )
    .takes("USD"),
    OptionDef::new(
        "no_cache",
        Kind::Switch,
        Group::Model,
        "Ask anew, and keep no answers; without it, what was asked before is not paid for twice",
    )
    .or("false"),
    OptionDef::new(
        "cache_dir",
        Kind::Path,
        Group::Model,
        "Where answers are kept [default: metagen/answers in your cache directory]",
    )
    .takes("DIR"),
    OptionDef::new(
        "record",
        Kind::Path,
        Group::Model,
        "Write the traffic with the model to this directory, without keys; it holds your texts",
    )
    .takes("DIR"),
    OptionDef::new("replay", Kind::Path, Group::Model, "The recording that --provider replay answers from")
        .takes("DIR"),
    OptionDef::new(
        "output_format",
        Kind::Choice(&["text", "json", "stream-json"]),
        Group::Output,
        "What standard output carries: text, one JSON document, or one JSON event a line and the same document last",
    )
    .or("text"),
    OptionDef::new("quiet", Kind::Switch, Group::Output, "No progress on standard error; faults still show")
        .short('q')
        .or("false"),
    OptionDef::new(
        "verbose",
        Kind::Count { max: 3 },
        Group::Output,
        "Log on standard error; -vv and -vvv say more",
    )
    .short('v')
    .or("0"),
    OptionDef::new(
        "color",
        Kind::Choice(&["auto", "always", "never"]),
        Group::Output,
        "Whether to colour; auto asks the terminal and NO_COLOR",
    )
    .or("auto"),
    OptionDef::new(
        "config",
        Kind::Path,
        Group::Output,
        "A configuration file to read in place of ./metagen.toml or ./metagen.yaml",
    )
    .takes("FILE")
    .not_in_files(),
];

/// Variables that metagen reads besides those of the options.
pub static FOREIGN_VARIABLES: &[ForeignVariable] = &[
    ForeignVariable {
        name: "METAGEN_LOG",
        help: "What to log on standard error, as a filter: info, metagen=debug; beats -v",
        secret: false,
    },
    ForeignVariable { name: "GOOGLE_API_KEY", help: "Gemini's key; beats GEMINI_API_KEY", secret: true },
    ForeignVariable { name: "GEMINI_API_KEY", help: "Gemini's key", secret: true },
    ForeignVariable {
        name: "OPENAI_API_KEY",
        help: "The key of an OpenAI-compatible server, where it wants one",
        secret: true,
    },
    ForeignVariable {
        name: "OPENAI_BASE_URL",
        help: "The OpenAI-compatible server, as in OpenAI's own clients; --base-url beats it",
        secret: false,
    },
    ForeignVariable {
        name: "GOOGLE_GEMINI_BASE_URL",
        help: "Gemini's server, as in Google's own clients; --base-url beats it",
        secret: false,
    },
    ForeignVariable {
        name: "GOOGLE_GENAI_API_VERSION",
        help: "The version of the Gemini API, as in Google's own clients; --api-version beats it",
        secret: false,
    },
    ForeignVariable {
        name: "XDG_CACHE_HOME",
        help: "Your cache directory; answers are kept below it [default: ~/.cache]",
        secret: false,
    },
    ForeignVariable { name: "NO_COLOR", help: "Not empty: no colours where --color is auto", secret: false },
];
