//! The terminal: arguments, environment, exit codes. The only layer that prints.

mod arguments;
mod count;
mod dispatch;
mod environment;
mod failure;
mod input;
mod layers;
mod logging;
mod panics;
mod progress;
mod show;
mod signals;
mod terminal;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches};

pub use arguments::{Cli, PlanFormat, Verb};
use environment::Environment;
use terminal::Terminal;

use crate::commands::{CommandError, Exit};
use crate::config::{ColorChoice, OutputFormat};

/// Runs metagen as a process.
pub fn main() -> ExitCode {
    panics::install();
    // A panic has been caught at the process's edge: nothing of the unwound state is looked at again.
    let exit = catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
        let error =
            CommandError::Bug(panics::last().unwrap_or_else(|| "a panic without a message".to_owned()));
        failure::show(&Terminal::plain(), &error);
        Exit::Bug.code()
    });
    ExitCode::from(exit)
}

fn run() -> u8 {
    let environment = match Environment::read() {
        Ok(environment) => environment,
        Err(error) => {
            Terminal::plain().error(&format!("cannot tell the working directory: {error}"));
            return Exit::State.code();
        }
    };
    let cli = match parse(&environment) {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    let typed = |key: &str| {
        let flag = cli.flags.0.iter().find(|(typed, _)| *typed == key).map(|(_, text)| text.as_str());
        flag.or_else(|| environment.variable(&crate::config::option(key)?.variable()))
    };
    // Faults of the configuration itself are shown as far as the command line says how.
    let early_color = match typed("color") {
        Some("always") => ColorChoice::Always,
        Some("never") => ColorChoice::Never,
        _ => ColorChoice::Auto,
    };
    let early_format = match typed("output_format") {
        Some("json") => OutputFormat::Json,
        Some("stream-json") => OutputFormat::StreamJson,
        _ => OutputFormat::Text,
    };
    match layers::load(&environment, cli.flags.0.clone()) {
        Ok(config) => {
            let terminal = Terminal::new(&environment, &config);
            let log = environment.variable("METAGEN_LOG");
            if let Err(message) = logging::start(log, config.verbose, terminal.colors_errors()) {
                terminal.error(&message);
                return Exit::Usage.code();
            }
            for warning in config.warnings() {
                terminal.warning(warning);
            }
            failure::unless_lost(&terminal, dispatch::run(cli.verb, config, environment, &terminal))
        }
        Err(error) => {
            let terminal = Terminal::early(&environment, early_color, early_format);
            failure::unless_lost(&terminal, failure::end(&terminal, &error.into()))
        }
    }
}

/// Parses the command line; an exit code where help, the version or a fault was printed.
fn parse(environment: &Environment) -> Result<Cli, u8> {
    let color = match environment.variable("NO_COLOR") {
        Some(_) => clap::ColorChoice::Never,
        None => clap::ColorChoice::Auto,
    };
    let words = arguments::joined(std::env::args_os());
    let matches = Cli::command().color(color).try_get_matches_from(words);
    let parsed = matches.and_then(|matches| Cli::from_arg_matches(&matches));
    parsed.map_err(|error| {
        let printed = error.print();
        match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                let terminal = Terminal::plain();
                terminal.written(printed);
                failure::unless_lost(&terminal, Exit::Done.code())
            }
            // Nobody is left to tell where standard error is gone.
            _ => Exit::Usage.code(),
        }
    })
}
