//! The command line as it was typed. Options come from the table in `config`, subcommands stand here.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{
    Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, Parser, Subcommand, ValueEnum, ValueHint,
};
use clap_complete::Shell;

use crate::config::{Kind, OPTIONS, OptionDef};

/// Turns a description into a working full-stack app
#[derive(Debug, Parser)]
#[command(
    name = "metagen",
    version,
    max_term_width = 110,
    arg_required_else_help = true,
    subcommand_required = true,
    after_help = "Exit codes: 0 done · 1 finished with problems · 2 usage or configuration · 3 spec, plan or blueprint rejected · \
                  4 the model's provider · 5 state or disk · 6 budget reached · 70 a bug in metagen · 130/143 interrupted"
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
    /// Options as they were typed.
    #[command(flatten)]
    pub flags: Flags,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Build an app from a description
    #[command(after_help = "Example: metagen build \"A task tracker with projects and tasks\"")]
    Build(InputArgs),
    /// Print the plan of a build and write nothing, or look at the plans of an app
    #[command(
        after_help = "A description that is a single word of those above stands behind --: metagen plan -- history"
    )]
    Plan(PlanArgs),
    /// Show what a build would change in an app's directory, before it does
    #[command(
        after_help = "Writes nothing and asks no model: where an answer is not kept from before, it says what would be asked.\n\
                      Without a description it shows what `metagen resume` would change. The text can be handed to `git apply`."
    )]
    Diff(DiffArgs),
    /// Go on with a run that stopped; finished tasks are not run again
    Resume(DirArgs),
    /// Show tasks, attempts, timings, artifacts, tokens and cost of the last run
    Status(DirArgs),
    /// Install, type-check, lint, test, build, boot and probe an app with its own toolchain
    Verify(DirArgs),
    /// List the agents and what each of them makes
    Agents,
    /// Look over, copy or bring back what metagen knows about an app; the app's own files are not touched
    Context(ContextArgs),
    /// Look at the answers that were kept, or clear them
    Cache(CacheArgs),
    /// Look at the configuration
    Config(ConfigArgs),
    /// Check what metagen and the apps it builds need, and say how to mend what is missing
    Doctor,
    /// Print a completion script for a shell
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: Shell,
    },
}

/// Where a spec comes from; exactly one of the three.
#[derive(Debug, Default, Args)]
pub struct InputArgs {
    /// What to build, in plain words
    pub spec: Option<String>,
    /// Read the description from a file; '-' is standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub spec_file: Option<PathBuf>,
    /// Build exactly this blueprint (JSON or YAML, bare or inside a plan document); '-' is standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub blueprint: Option<PathBuf>,
}

impl InputArgs {
    /// Whether there is any.
    pub(super) fn is_given(&self) -> bool {
        self.spec.is_some() || self.spec_file.is_some() || self.blueprint.is_some()
    }
}

/// What `plan` takes.
#[derive(Debug, Args)]
#[command(disable_help_subcommand = true)]
pub struct PlanArgs {
    /// In the place of an input: what to do with the plans that were kept.
    #[command(subcommand)]
    pub verb: Option<PlanVerb>,
    /// Where the spec comes from.
    #[command(flatten)]
    pub input: InputArgs,
    /// How to print the plan
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Option<PlanFormat>,
    /// Say what a build would send to the model and what that may cost, without sending it
    #[arg(long)]
    pub estimate: bool,
}

/// Subcommands of `plan`.
#[derive(Clone, Debug, Subcommand)]
pub enum PlanVerb {
    /// List the plans of an app, which are kept as numbered versions
    History(DirArgs),
    /// Show what is different between two plans: entities, fields, relations, tasks
    Diff {
        /// The number of the earlier one [default: the last but one]
        from: Option<u32>,
        /// The number of the later one [default: the last]
        to: Option<u32>,
        /// The app's directory
        #[command(flatten)]
        dir: DirArgs,
    },
}

/// What `diff` takes.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// Where the spec comes from.
    #[command(flatten)]
    pub input: InputArgs,
    /// Only the files and the counts, without their contents
    #[arg(long)]
    pub stat: bool,
    /// Exit with 1 where a build would change something, as `git diff --exit-code` does
    #[arg(long)]
    pub exit_code: bool,
}

/// What `context` takes.
#[derive(Debug, Args)]
pub struct ContextArgs {
    /// What to do with it.
    #[command(subcommand)]
    pub verb: ContextVerb,
}

/// Subcommands of `context`.
#[derive(Clone, Debug, Subcommand)]
pub enum ContextVerb {
    /// Say whether all of it is whole, and which backups there are; exits with 1 where something is damaged
    Check(DirArgs),
    /// Copy it, damaged or not
    Backup(DirArgs),
    /// Put a backup in its place; what was there is backed up before, so that the same command takes it back
    Restore {
        /// The app's directory.
        #[command(flatten)]
        dir: DirArgs,
        /// Which one, as `context check` lists it [default: the last]
        #[arg(long, value_name = "NAME")]
        backup: Option<String>,
    },
}

/// How `plan` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    /// For people
    Text,
    /// The plan document
    Json,
    /// Two Mermaid diagrams: entities and tasks
    Mermaid,
}

/// An app's directory.
#[derive(Clone, Debug, Args)]
pub struct DirArgs {
    /// The app's directory [default: --out, else the working directory]
    #[arg(value_hint = ValueHint::DirPath)]
    pub dir: Option<PathBuf>,
}

/// What `cache` takes.
#[derive(Debug, Args)]
pub struct CacheArgs {
    /// What to do with it.
    #[command(subcommand)]
    pub verb: CacheVerb,
}

/// Subcommands of `cache`.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum CacheVerb {
    /// Say where answers are kept, how many and how large
    Show,
    /// Throw them away; the next build asks, and pays, anew
    Clear,
}

/// What `config` takes.
#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// What to do with it.
    #[command(subcommand)]
    pub verb: ConfigVerb,
}

/// Subcommands of `config`.
#[derive(Debug, Subcommand)]
pub enum ConfigVerb {
    /// Print every option's value
    Show {
        /// Say where each value came from
        #[arg(long)]
        origin: bool,
    },
}

/// Flags of the option table: key and text of each that was typed.
#[derive(Debug, Default)]
pub struct Flags(pub Vec<(&'static str, String)>);

impl Args for Flags {
    fn augment_args(command: Command) -> Command {
        OPTIONS.iter().fold(command, |command, def| command.arg(argument(def)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut flags = Self::default();
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        for def in OPTIONS {
            let typed = match def.kind {
                Kind::Count { .. } => {
                    Some(matches.get_count(def.key)).filter(|count| *count > 0).map(|count| count.to_string())
                }
                _ => matches.get_one::<String>(def.key).cloned(),
            };
            self.0.extend(typed.map(|text| (def.key, text)));
        }
        Ok(())
    }
}

/// Joins a flag that may stand alone with the value behind it, where what follows is one: `--wait 60` and `--wait SPEC` both mean
/// what they say.
pub(super) fn joined(words: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut joined: Vec<OsString> = Vec::new();
    let mut words = words.into_iter().peekable();
    while let Some(word) = words.next() {
        if word == "--" {
            joined.push(word);
            joined.extend(words);
            break;
        }
        let flag = word.to_str().and_then(|word| word.strip_prefix("--"));
        let def = OPTIONS.iter().find(|def| def.alone.is_some() && flag == Some(def.flag().as_str()));
        let is_value =
            |next: &OsString| def.is_some_and(|def| next.to_str().and_then(|next| def.parse(next)).is_some());
        match words.next_if(is_value) {
            Some(value) => {
                let mut both = word;
                both.push("=");
                both.push(value);
                joined.push(both);
            }
            None => joined.push(word),
        }
    }
    joined
}

fn argument(def: &'static OptionDef) -> Arg {
    let mut notes = Vec::new();
    if let Some(default) = def.default.filter(|_| !matches!(def.kind, Kind::Switch | Kind::Count { .. })) {
        notes.push(format!("[default: {default}]"));
    }
    notes.push(format!("[env: {}]", def.variable()));
    let argument = Arg::new(def.key)
        .long(def.flag())
        .help(format!("{} {}", def.help, notes.join(" ")))
        .help_heading(def.group.heading())
        .global(true)
        .display_order(OPTIONS.iter().position(|row| row.key == def.key).unwrap_or_default() + 100);
    let argument = match def.short {
        Some(letter) => argument.short(letter),
        None => argument,
    };
    if let Some(alone) = def.alone {
        return argument
            .action(ArgAction::Set)
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value(alone)
            .value_name(def.value_name);
    }
    match def.kind {
        Kind::Count { .. } => argument.action(ArgAction::Count),
        // `--fail-fast=false` takes back what a file or variable says.
        Kind::Switch => argument
            .action(ArgAction::Set)
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true")
            .value_name("BOOL")
            .hide_possible_values(true),
        Kind::Choice(words) => argument
            .action(ArgAction::Set)
            .value_parser(PossibleValuesParser::new(words.iter().copied()))
            .value_name(def.key.to_ascii_uppercase()),
        Kind::Path => {
            argument.action(ArgAction::Set).value_name(def.value_name).value_hint(ValueHint::AnyPath)
        }
        _ => argument.action(ArgAction::Set).value_name(def.value_name).allow_negative_numbers(true),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[track_caller]
    fn check(line: &str, expected: &[(&str, &str)]) {
        let cli = Cli::try_parse_from(joined(line.split(' ').map(OsString::from))).unwrap();
        let expected: Vec<_> = expected.iter().map(|(key, text)| (*key, (*text).to_owned())).collect();
        assert_eq!(cli.flags.0, expected, "{line}");
    }

    #[test]
    fn words_of_plan_and_specs_are_told_apart() {
        let spec = |line: &[&str]| {
            let Verb::Plan(args) = Cli::try_parse_from([&["metagen", "plan"], line].concat()).unwrap().verb
            else {
                panic!("it is plan")
            };
            (args.input.spec, args.verb.is_some())
        };
        assert_eq!(spec(&["A blog"]), (Some("A blog".to_owned()), false));
        assert_eq!(spec(&["help"]), (Some("help".to_owned()), false));
        assert_eq!(spec(&["--", "history"]), (Some("history".to_owned()), false));
        assert_eq!(spec(&["history"]), (None, true));
        assert_eq!(spec(&["--output-format", "json", "history", "shop"]), (None, true));
        assert_eq!(spec(&["diff", "1", "2", "shop"]), (None, true));
    }

    #[test]
    fn flags_stand_before_and_after_the_verb() {
        check("metagen build x", &[]);
        check("metagen build x --max-parallel 2", &[("max_parallel", "2")]);
        check("metagen --max-parallel=2 build x", &[("max_parallel", "2")]);
        check("metagen build --fail-fast x", &[("fail_fast", "true")]);
        check("metagen build x --fail-fast=false -q", &[("fail_fast", "false"), ("quiet", "true")]);
        check("metagen build x -vv -o d", &[("out", "d"), ("verbose", "2")]);
        check("metagen -v status", &[("verbose", "1")]);
        check("metagen build x --max-parallel -1", &[("max_parallel", "-1")]);
        check("metagen build --wait x", &[("wait", "86400")]);
        check("metagen build --wait 60 x", &[("wait", "60")]);
        check("metagen build x --wait=1.5 -q", &[("wait", "1.5"), ("quiet", "true")]);
        check("metagen build --wait", &[("wait", "86400")]);
        check("metagen build -- --wait", &[]);
    }
}
