//! Standard output and error: what goes where, with colour or without.

use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use clap::builder::styling::{AnsiColor, Style};
use serde::Serialize;

use super::environment::Environment;
use crate::base::fs::FsError;
use crate::config::{ColorChoice, Config, OutputFormat};

/// Both streams and how to use them. A reader that has gone away wants no more, and is no failure; a result that could not be
/// written otherwise is, in the end.
#[derive(Clone, Debug)]
pub(crate) struct Terminal {
    color_out: bool,
    color_err: bool,
    watched: bool,
    /// The first failure to write a result.
    lost: Arc<OnceLock<FsError>>,
    /// Whether standard error shows what is going on.
    pub(crate) quiet: bool,
    /// Whether somebody watches standard error, so that lines may be redrawn.
    pub(crate) live: bool,
    /// What standard output carries.
    pub(crate) format: OutputFormat,
}

/// How a piece of text is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// It went well.
    Good,
    /// It did not.
    Bad,
    /// Look here.
    Warn,
    /// A heading.
    Strong,
    /// Less important.
    Faint,
}

impl Tone {
    fn style(self) -> Style {
        match self {
            Self::Good => AnsiColor::Green.on_default(),
            Self::Bad => AnsiColor::Red.on_default().bold(),
            Self::Warn => AnsiColor::Yellow.on_default(),
            Self::Strong => Style::new().bold(),
            Self::Faint => Style::new().dimmed(),
        }
    }
}

impl Terminal {
    /// As the configuration says.
    pub(crate) fn new(environment: &Environment, config: &Config) -> Self {
        let mut terminal = Self::early(environment, config.color, config.output_format);
        terminal.quiet = config.quiet;
        terminal.live = terminal.live && !config.quiet && config.verbose == 0;
        terminal
    }

    /// While the configuration is not known, or is at fault.
    pub(crate) fn early(environment: &Environment, color: ColorChoice, format: OutputFormat) -> Self {
        let wanted = |is_terminal: bool| match color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => {
                is_terminal
                    && environment.variable("NO_COLOR").is_none()
                    && environment.variable("TERM") != Some("dumb")
            }
        };
        Self {
            color_out: wanted(environment.stdout_is_terminal),
            color_err: wanted(environment.stderr_is_terminal),
            watched: environment.stdout_is_terminal,
            lost: Arc::default(),
            quiet: false,
            live: environment.stderr_is_terminal
                && environment.variable("TERM") != Some("dumb")
                && environment.variable("CI").is_none(),
            format,
        }
    }

    /// Without colours or anything live.
    pub(crate) fn plain() -> Self {
        Self {
            color_out: false,
            color_err: false,
            watched: false,
            lost: Arc::default(),
            quiet: false,
            live: false,
            format: OutputFormat::Text,
        }
    }

    /// Whether standard error has colours.
    pub(crate) fn colors_errors(&self) -> bool {
        self.color_err
    }

    /// Whether somebody looks at standard output, or it is to look so.
    pub(crate) fn is_watched(&self) -> bool {
        self.color_out || self.watched
    }

    /// Text for standard output, in a tone.
    pub(crate) fn out(&self, tone: Tone, text: &str) -> String {
        paint(self.color_out, tone, text)
    }

    /// Text for standard error, in a tone.
    pub(crate) fn err(&self, tone: Tone, text: &str) -> String {
        paint(self.color_err, tone, text)
    }

    /// Writes a result.
    pub(crate) fn print(&self, text: &str) {
        let mut stream = io::stdout().lock();
        self.written(stream.write_all(text.as_bytes()).and_then(|()| stream.flush()));
    }

    /// Takes note of how writing a result went.
    pub(crate) fn written(&self, result: io::Result<()>) {
        if let Err(error) = result
            && error.kind() != ErrorKind::BrokenPipe
        {
            self.lost.get_or_init(|| FsError::new("write to", Path::new("standard output"), error));
        }
    }

    /// Why a result could not be written, if one could not.
    pub(crate) fn lost(&self) -> Option<&FsError> {
        self.lost.get()
    }

    /// Writes a result as one JSON document, indented unless it is one of many lines.
    pub(crate) fn print_json(&self, value: &impl Serialize) {
        let text = match self.format {
            OutputFormat::StreamJson => serde_json::to_string(value),
            OutputFormat::Text | OutputFormat::Json => serde_json::to_string_pretty(value),
        };
        // Reports have string keys and finite numbers only, so that they always serialise.
        self.print(&format!("{}\n", text.expect("a report serialises")));
    }

    /// Writes a line to standard error, whatever the quiet flag says.
    #[expect(clippy::unused_self, reason = "whoever prints has decided on a terminal")]
    pub(crate) fn say(&self, text: &str) {
        writeln!(io::stderr().lock(), "{text}").ok();
    }

    /// Writes a line to standard error unless it is to be quiet.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            self.say(text);
        }
    }

    /// Writes a warning.
    pub(crate) fn warning(&self, text: &str) {
        self.note(&format!("{} {text}", self.err(Tone::Warn, "warning:")));
    }

    /// Writes the first line of an error.
    pub(crate) fn error(&self, text: &str) {
        self.say(&format!("{} {text}", self.err(Tone::Bad, "error:")));
    }
}

fn paint(color: bool, tone: Tone, text: &str) -> String {
    if color {
        let style = tone.style();
        format!("{style}{text}{style:#}")
    } else {
        text.to_owned()
    }
}
