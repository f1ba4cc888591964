//! The checked configuration.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::option::Value;
use super::resolve::{ConfigError, Origin, Setting, Sources, adopt, resolve};

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }

        impl $name {
            /// Every value as a person types it.
            pub const WORDS: &[&str] = &[$($word),+];

            /// The value as a person types it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

choice! {
    /// Who answers requests.
    ProviderChoice {
        /// Gemini where a key is set, else the mock.
        Auto = "auto",
        /// The Gemini API.
        Gemini = "gemini",
        /// An OpenAI-compatible server.
        Openai = "openai",
        /// The offline planner.
        Mock = "mock",
        /// Recorded traffic.
        Replay = "replay",
    }
}

choice! {
    /// What to do where a person and the generator changed the same lines.
    OnConflict {
        /// Keep the person's file.
        Keep = "keep",
        /// Take the generated form.
        Theirs = "theirs",
        /// Write both, with markers.
        Markers = "markers",
    }
}

choice! {
    /// What standard output carries.
    OutputFormat {
        /// What people read.
        Text = "text",
        /// One document at the end.
        Json = "json",
        /// One event a line, and the document last.
        StreamJson = "stream-json",
    }
}

choice! {
    /// Whether to colour.
    ColorChoice {
        /// As the terminal and `NO_COLOR` say.
        Auto = "auto",
        /// Yes.
        Always = "always",
        /// No.
        Never = "never",
    }
}

/// The configuration, checked: holding one is the proof.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the app is written; `None` is `./<app slug>`.
    pub out: Option<PathBuf>,
    /// How many tasks run at the same time; at least 1.
    pub max_parallel: usize,
    /// Bound of one attempt at a task.
    pub timeout: Duration,
    /// Attempts after the first.
    pub max_retries: u32,
    /// Whether the first failed task stops the run.
    pub fail_fast: bool,
    /// How long to wait for another run in the same directory; zero gives up at once.
    pub wait: Duration,
    /// What to do where a person and the generator changed the same lines.
    pub on_conflict: OnConflict,
    /// Whether an unusable plan of a model's is an error.
    pub no_fallback: bool,
    /// Who answers.
    pub provider: ProviderChoice,
    /// The model's id.
    pub model: Option<String>,
    /// The provider's server.
    pub base_url: Option<String>,
    /// The version of the Gemini API.
    pub api_version: Option<String>,
    /// A file that holds the provider's key.
    pub api_key_file: Option<PathBuf>,
    /// How much a model thinks, as it was typed.
    pub thinking: Option<String>,
    /// Filters of the service, as they were typed.
    pub safety: Option<String>,
    /// Whether answers come in one piece.
    pub no_stream: bool,
    /// Bound of one request.
    pub request_timeout: Duration,
    /// Bound of connecting.
    pub connect_timeout: Duration,
    /// Bound of the silence before an answer.
    pub first_byte_timeout: Duration,
    /// Bound of a pause in an answer.
    pub idle_timeout: Duration,
    /// Requests a minute.
    pub rpm: Option<u32>,
    /// Tokens sent a minute.
    pub tpm: Option<u64>,
    /// Tokens of the whole run.
    pub max_tokens_total: Option<u64>,
    /// US dollars of the whole run, as they were typed.
    pub max_cost: Option<String>,
    /// Whether to ask anew and keep no answers.
    pub no_cache: bool,
    /// Where answers are kept.
    pub cache_dir: Option<PathBuf>,
    /// Where the traffic is written.
    pub record: Option<PathBuf>,
    /// Where it is read.
    pub replay: Option<PathBuf>,
    /// What standard output carries.
    pub output_format: OutputFormat,
    /// Whether progress is left out.
    pub quiet: bool,
    /// How much to log, 0 to 3.
    pub verbose: u64,
    /// Whether to colour.
    pub color: ColorChoice,
    settings: Vec<Setting>,
    warnings: Vec<String>,
}

impl Config {
    /// Checks all layers; the error holds everything that is wrong with any of them.
    pub fn resolve(sources: &Sources) -> Result<Self, ConfigError> {
        let (settings, warnings) = resolve(sources)?;
        Ok(Self::of(settings, warnings))
    }

    /// The same with what an earlier run was told, by option, where no flag says otherwise now.
    #[must_use]
    pub fn with_earlier<'a>(&self, earlier: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let mut settings = self.settings.clone();
        adopt(&mut settings, earlier);
        Self::of(settings, self.warnings.clone())
    }

    fn of(settings: Vec<Setting>, warnings: Vec<String>) -> Self {
        let table = Table(&settings);
        Self {
            out: table.path("out"),
            max_parallel: usize::try_from(table.whole("max_parallel")).unwrap_or(usize::MAX).max(1),
            timeout: table.seconds("timeout"),
            max_retries: u32::try_from(table.whole("max_retries")).unwrap_or(u32::MAX),
            fail_fast: table.switch("fail_fast"),
            wait: table.seconds("wait"),
            on_conflict: table
                .text("on_conflict")
                .and_then(OnConflict::from_word)
                .unwrap_or(OnConflict::Keep),
            no_fallback: table.switch("no_fallback"),
            provider: table
                .text("provider")
                .and_then(ProviderChoice::from_word)
                .unwrap_or(ProviderChoice::Auto),
            model: table.text("model").map(str::to_owned),
            base_url: table.text("base_url").map(str::to_owned),
            api_version: table.text("api_version").map(str::to_owned),
            api_key_file: table.path("api_key_file"),
            thinking: table.text("thinking").map(str::to_owned),
            safety: table.text("safety").map(str::to_owned),
            no_stream: table.switch("no_stream"),
            request_timeout: table.seconds("request_timeout"),
            connect_timeout: table.seconds("connect_timeout"),
            first_byte_timeout: table.seconds("first_byte_timeout"),
            idle_timeout: table.seconds("idle_timeout"),
            rpm: table.number("rpm").map(|number| u32::try_from(number).unwrap_or(u32::MAX)),
            tpm: table.number("tpm"),
            max_tokens_total: table.number("max_tokens_total"),
            max_cost: table.text("max_cost").map(str::to_owned),
            no_cache: table.switch("no_cache"),
            cache_dir: table.path("cache_dir"),
            record: table.path("record"),
            replay: table.path("replay"),
            output_format: table
                .text("output_format")
                .and_then(OutputFormat::from_word)
                .unwrap_or(OutputFormat::Text),
            quiet: table.switch("quiet"),
            verbose: table.whole("verbose"),
            color: table.text("color").and_then(ColorChoice::from_word).unwrap_or(ColorChoice::Auto),
            settings,
            warnings,
        }
    }

    /// Every option's value and origin, in the order of the table.
    pub fn settings(&self) -> &[Setting] {
        &self.settings
    }

    /// Where an option's value came from.
    pub fn origin(&self, key: &str) -> &Origin {
        self.settings
            .iter()
            .find(|setting| setting.def.key == key)
            .map_or(&Origin::Default, |setting| &setting.origin)
    }

    /// What the user should hear about the configuration.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }
}

/// Typed reading of settings. The table's test holds that every default passes, so absent values mean an unset option.
struct Table<'a>(&'a [Setting]);

impl Table<'_> {
    fn get(&self, key: &str) -> Option<&Value> {
        let setting = self.0.iter().find(|setting| setting.def.key == key);
        debug_assert!(setting.is_some(), "no option {key}");
        setting.and_then(|setting| setting.value.as_ref())
    }

    fn switch(&self, key: &str) -> bool {
        matches!(self.get(key), Some(Value::Bool(true)))
    }

    fn whole(&self, key: &str) -> u64 {
        self.number(key).unwrap_or_default()
    }

    fn number(&self, key: &str) -> Option<u64> {
        match self.get(key) {
            Some(Value::Whole(number)) => Some(*number),
            _ => None,
        }
    }

    fn seconds(&self, key: &str) -> Duration {
        match self.get(key) {
            Some(Value::Number(seconds)) => Duration::try_from_secs_f64(*seconds).unwrap_or(Duration::MAX),
            _ => Duration::ZERO,
        }
    }

    fn text(&self, key: &str) -> Option<&str> {
        match self.get(key) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    fn path(&self, key: &str) -> Option<PathBuf> {
        self.text(key).map(|text| Path::new(text).to_path_buf())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{FileLayer, Format, Kind, Layer, OPTIONS};

    #[expect(clippy::unnecessary_wraps, reason = "the type of the fields it goes to")]
    fn file(path: &str, text: &str) -> Option<FileLayer> {
        Some(FileLayer::parse(path, text, Format::Toml).unwrap())
    }

    fn variables(pairs: &[(&str, &str)]) -> crate::config::Variables {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn later_layers_win_and_are_named() {
        let mut sources = Sources::default();
        let expect = |sources: &Sources, number: usize, origin: &str, layer: Layer| {
            let config = Config::resolve(sources).unwrap();
            assert_eq!(config.max_parallel, number);
            assert_eq!(config.origin("max_parallel").to_string(), origin);
            assert_eq!(config.origin("max_parallel").layer(), layer);
        };
        expect(&sources, 4, "default", Layer::Default);
        sources.user = file("/home/me/metagen.toml", "max_parallel = 5");
        expect(&sources, 5, "/home/me/metagen.toml:1", Layer::User);
        sources.project = file("metagen.toml", "\nmax_parallel = 6");
        expect(&sources, 6, "metagen.toml:2", Layer::Project);
        sources.variables = variables(&[("METAGEN_MAX_PARALLEL", "7")]);
        expect(&sources, 7, "environment METAGEN_MAX_PARALLEL", Layer::Environment);
        sources.flags = vec![("max_parallel", "8".to_owned())];
        expect(&sources, 8, "flag --max-parallel", Layer::Flag);
    }

    #[test]
    fn what_an_earlier_run_was_told_holds_unless_a_flag_says_otherwise() {
        let sources = Sources {
            project: file("metagen.toml", "model = 'of-the-file'\nthinking = 'low'"),
            flags: vec![("provider", "mock".to_owned())],
            ..Sources::default()
        };
        let earlier = [("model", "of-the-run"), ("provider", "openai"), ("max_parallel", "0"), ("gone", "x")];
        let config = Config::resolve(&sources).unwrap().with_earlier(earlier.into_iter());
        assert_eq!(config.model.as_deref(), Some("of-the-run"));
        assert_eq!(config.origin("model").to_string(), "--model of the run that is resumed");
        assert_eq!(config.provider, ProviderChoice::Mock);
        assert_eq!((config.thinking.as_deref(), config.max_parallel), (Some("low"), 4));
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let sources = Sources {
            user: file("u.toml", "config = 'x'\nmax_parallel = '4'"),
            project: file("p.toml", "max_paralel = 4\ntimeout = 0\nmodel = ''"),
            variables: variables(&[("METAGEN_PROVIDER", "gpt"), ("METAGEN_MODEL", " ")]),
            flags: vec![("max_parallel", "0".to_owned())],
        };
        let text = Config::resolve(&sources).unwrap_err().to_string();
        for fault in [
            "the configuration has 7 faults",
            "u.toml:1: unknown key 'config'",
            "u.toml:2: max_parallel is 4, expected a whole number from 1 to 1024",
            "p.toml:1: unknown key 'max_paralel', did you mean 'max_parallel'?",
            "p.toml:2: timeout is 0, expected a number of seconds above 0, at most 86400",
            "p.toml:3: model is , expected a text that is not empty",
            "environment variable METAGEN_PROVIDER is 'gpt', expected auto, gemini, openai, mock or replay",
            "--max-parallel is '0', expected a whole number from 1 to 1024",
        ] {
            assert!(text.contains(fault), "{fault:?} is missing in {text}");
        }
    }

    #[test]
    fn unknown_variables_are_warnings() {
        let sources = Sources {
            variables: variables(&[("METAGEN_MAX_PARALEL", "1"), ("OTHER", "1"), ("METAGEN_LOG", "info")]),
            ..Sources::default()
        };
        let config = Config::resolve(&sources).unwrap();
        assert_eq!(
            config.warnings(),
            ["unknown environment variable METAGEN_MAX_PARALEL, did you mean METAGEN_MAX_PARALLEL?"]
        );
    }

    #[test]
    fn the_words_of_choices_are_those_of_the_table() {
        for (key, words) in [
            ("provider", ProviderChoice::WORDS),
            ("on_conflict", OnConflict::WORDS),
            ("output_format", OutputFormat::WORDS),
            ("color", ColorChoice::WORDS),
        ] {
            let def = OPTIONS.iter().find(|def| def.key == key).unwrap();
            assert!(matches!(def.kind, Kind::Choice(known) if known == words), "{key}");
        }
        assert_eq!(ProviderChoice::WORDS.iter().filter_map(|w| ProviderChoice::from_word(w)).count(), 5);
    }
}
