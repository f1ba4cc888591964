//! From verb to command, and from its result to standard output and an exit code.

use std::future::Future;
use std::io;
use std::path::Path;
use std::sync::Arc;

use clap::CommandFactory;
use tokio::sync::mpsc;

use super::arguments::{
    CacheVerb, Cli, ConfigVerb, ContextVerb, DirArgs, PlanArgs, PlanFormat, PlanVerb, Verb,
};
use super::environment::Environment;
use super::progress::Progress;
use super::terminal::{Terminal, Tone};
use super::{failure, input, show, signals};
use crate::commands::context::PartReport;
use crate::commands::verify::VerifyEvent;
use crate::commands::{BuildReport, CommandError, Exit, InputError, Interrupt, Session};
use crate::commands::{
    agents, build, cache, context, diff, doctor, estimate, plan, plans, resume, status, verify,
};
use crate::config::{Config, OutputFormat};
use crate::engine::RunEvent;

/// Runs a command to its end.
pub(crate) fn run(verb: Verb, config: Config, environment: Environment, terminal: &Terminal) -> u8 {
    let read = |args| input::read(args, &environment).map_err(CommandError::from);
    let result = match &verb {
        Verb::Config(args) => {
            let ConfigVerb::Show { origin } = args.verb;
            if terminal.format == OutputFormat::Text {
                terminal.print(&show::config_text(&config, &environment.variables, origin));
            } else {
                terminal.print_json(&show::config_json(&config, &environment.variables, origin));
            }
            return Exit::Done.code();
        }
        Verb::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "metagen", &mut script);
            terminal.print(&String::from_utf8_lossy(&script));
            return Exit::Done.code();
        }
        Verb::Build(args) => read(args).map(Some),
        Verb::Plan(PlanArgs { verb: Some(_), input, .. }) if input.is_given() => {
            Err(InputError::Several.into())
        }
        Verb::Plan(PlanArgs { verb: Some(_), .. }) => Ok(None),
        Verb::Plan(args) => read(&args.input).map(Some),
        Verb::Diff(args) if !args.input.is_given() => Ok(None),
        Verb::Diff(args) => read(&args.input).map(Some),
        _ => Ok(None),
    };
    let input = match result {
        Ok(input) => input,
        Err(error) => return failure::end(terminal, &error),
    };
    let user_directory = environment.user_directory();
    let session = Session {
        config: Arc::new(config),
        variables: Arc::new(environment.variables),
        directory: environment.directory,
        user_directory,
        interrupt: Interrupt::default(),
    };
    let ended = match (verb, input) {
        (Verb::Build(_), Some(input)) => block_on(terminal, &session, async {
            let (events, follow) = follow(terminal);
            let report = build::build(&session, input, events).await;
            follow.await;
            Ok(built(terminal, &report?))
        }),
        (Verb::Resume(args), _) => block_on(terminal, &session, async {
            let (events, follow) = follow(terminal);
            let report = resume::resume(&session, &session.app_directory(args.dir.as_deref()), events).await;
            follow.await;
            Ok(built(terminal, &report?))
        }),
        (Verb::Plan(PlanArgs { verb: Some(verb), .. }), _) => plans(terminal, &session, &verb),
        (Verb::Diff(args), input) => block_on(terminal, &session, async {
            let (events, follow) = follow(terminal);
            let report = diff::diff(&session, input, events).await;
            follow.await;
            let report = report?;
            if terminal.format == OutputFormat::Text {
                terminal.print(&show::diff_text(terminal, &report, args.stat));
            } else {
                terminal.print_json(&report);
            }
            let differs = args.exit_code && (report.changes > 0 || !report.complete);
            Ok(if differs { Exit::Problems } else { Exit::Done }.code())
        }),
        (Verb::Context(args), _) => kept(terminal, &session, &args.verb),
        (Verb::Plan(args), Some(input)) if args.estimate => block_on(terminal, &session, async {
            let report = estimate::estimate(&session, input).await?;
            if terminal.format == OutputFormat::Text && args.format != Some(PlanFormat::Json) {
                terminal.print(&show::estimate_text(&report));
            } else {
                terminal.print_json(&report);
            }
            Ok(Exit::Done.code())
        }),
        (Verb::Plan(args), Some(input)) => block_on(terminal, &session, async {
            let (events, follow) = follow(terminal);
            let format = args.format.unwrap_or(match terminal.format {
                OutputFormat::Text => PlanFormat::Text,
                _ => PlanFormat::Json,
            });
            let tell = if format == PlanFormat::Text { plan::Tell::Nothing } else { plan::Tell::Gaps };
            let plan = plan::plan(&session, input, tell, events).await;
            follow.await;
            let plan = plan?;
            match format {
                PlanFormat::Mermaid => terminal.print(&show::plan_mermaid(&plan)),
                PlanFormat::Json => terminal.print_json(&plan),
                PlanFormat::Text => terminal.print(&show::plan_text(terminal, &plan)),
            }
            Ok(Exit::Done.code())
        }),
        (Verb::Status(args), _) => {
            status::status(&session, &session.app_directory(args.dir.as_deref())).map(|report| {
                if terminal.format == OutputFormat::Text {
                    terminal.print(&show::status_text(terminal, &report));
                } else {
                    terminal.print_json(&report);
                }
                Exit::Done.code()
            })
        }
        (Verb::Cache(args), _) => {
            cache::cache(&session, matches!(args.verb, CacheVerb::Clear)).map(|report| {
                if terminal.format == OutputFormat::Text {
                    terminal.print(&show::cache_text(&report));
                } else {
                    terminal.print_json(&report);
                }
                Exit::Done.code()
            })
        }
        (Verb::Verify(args), _) => block_on(
            terminal,
            &session,
            verified(terminal, &session, &session.app_directory(args.dir.as_deref())),
        ),
        (Verb::Doctor, _) => block_on(terminal, &session, async {
            let report = doctor::doctor(&session).await;
            if terminal.format == OutputFormat::Text {
                terminal.print(&show::doctor_text(terminal, &report));
            } else {
                terminal.print_json(&report);
            }
            Ok(if report.healthy { Exit::Done } else { Exit::Problems }.code())
        }),
        (Verb::Agents, _) => agents::agents().map(|list| {
            if terminal.format == OutputFormat::Text {
                terminal.print(&show::agents_text(terminal, &list));
            } else {
                terminal.print_json(&list);
            }
            Exit::Done.code()
        }),
        (Verb::Build(_) | Verb::Plan(_), None) | (Verb::Config(_) | Verb::Completions { .. }, _) => {
            Err(CommandError::Bug("a verb came without what it needs".to_owned()))
        }
    };
    ended.unwrap_or_else(|error| failure::end(terminal, &error))
}

/// Looks at the plans of an app.
fn plans(terminal: &Terminal, session: &Session, verb: &PlanVerb) -> Result<u8, CommandError> {
    let directory = |dir: &DirArgs| session.app_directory(dir.dir.as_deref());
    match verb {
        PlanVerb::History(dir) => {
            let report = plans::history(session, &directory(dir))?;
            print(terminal, &report, || show::history_text(terminal, &report));
        }
        PlanVerb::Diff { from, to, dir } => {
            let report = plans::difference(session, &directory(dir), *from, *to)?;
            print(terminal, &report, || show::comparison_text(terminal, &report));
        }
    }
    Ok(Exit::Done.code())
}

/// Looks over, copies or brings back what is known about an app.
fn kept(terminal: &Terminal, session: &Session, verb: &ContextVerb) -> Result<u8, CommandError> {
    let directory = |dir: &DirArgs| session.app_directory(dir.dir.as_deref());
    let exit = match verb {
        ContextVerb::Check(dir) => {
            let report = context::check(session, &directory(dir))?;
            print(terminal, &report, || show::check_text(terminal, &report));
            match (&report.document, &report.journal) {
                (PartReport::Newer { .. }, _) | (_, PartReport::Newer { .. }) => Exit::State,
                _ if report.sound => Exit::Done,
                _ => Exit::Problems,
            }
        }
        ContextVerb::Backup(dir) => {
            let report = context::backup(session, &directory(dir))?;
            print(terminal, &report, || show::backup_text(&report));
            Exit::Done
        }
        ContextVerb::Restore { dir, backup } => {
            let report = context::restore(session, &directory(dir), backup.as_deref())?;
            print(terminal, &report, || show::backup_text(&report));
            Exit::Done
        }
    };
    Ok(exit.code())
}

/// Writes a result in the form that was asked for.
fn print(terminal: &Terminal, report: &impl serde::Serialize, text: impl FnOnce() -> String) {
    if terminal.format == OutputFormat::Text {
        terminal.print(&text());
    } else {
        terminal.print_json(report);
    }
}

/// Runs a future on a runtime of its own, which short commands never pay for.
fn block_on(
    terminal: &Terminal,
    session: &Session,
    future: impl Future<Output = Result<u8, CommandError>>,
) -> Result<u8, CommandError> {
    let failed = |error: io::Error| CommandError::Bug(format!("cannot start the runtime: {error}"));
    // Nearly all that takes time runs on rayon's threads or on those for what blocks. Two can wait for everything else, and the one
    // still does while the other writes a log or a recording; more would only have to be made.
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(failed)?;
    let result = runtime.block_on(async {
        signals::listen(session.interrupt.clone(), terminal.clone()).map_err(failed)?;
        future.await
    });
    // Nothing that still runs has anything left to say.
    runtime.shutdown_background();
    result
}

/// A channel for events, and the end of whoever follows them.
fn follow(terminal: &Terminal) -> (mpsc::UnboundedSender<RunEvent>, impl Future<Output = ()> + use<>) {
    let (events, mut received) = mpsc::unbounded_channel();
    let mut progress = Progress::new(terminal.clone());
    // Where nobody reads what is written here, this thread waits, and no worker.
    let follower = tokio::task::spawn_blocking(move || {
        while let Some(event) = received.blocking_recv() {
            progress.take(&event);
        }
    });
    (events, async {
        follower.await.ok();
    })
}

fn built(terminal: &Terminal, report: &BuildReport) -> u8 {
    if terminal.format == OutputFormat::Text {
        terminal.print(&show::report_text(terminal, report));
    } else {
        terminal.print_json(report);
    }
    report.exit_code
}

async fn verified(terminal: &Terminal, session: &Session, dir: &Path) -> Result<u8, CommandError> {
    let tell = |event| match event {
        VerifyEvent::Started(name) => {
            terminal.note(&terminal.err(Tone::Faint, &format!("{:>9}  {name}", "start")));
        }
        VerifyEvent::Finished(step) => terminal.note(&show::step_line(terminal, &step)),
    };
    let report = verify::verify(session, dir, &tell).await?;
    if terminal.format == OutputFormat::Text {
        terminal.print(&show::verify_text(terminal, &report));
    } else {
        terminal.print_json(&report);
    }
    Ok(report.exit_code)
}
