//! `metagen doctor`: what metagen and the apps it builds need.

use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use super::error::CommandError;
use super::model::settings;
use super::session::Session;
use super::toolchain::output;
use crate::llm::{ProviderChoice, list_models, nearest};

/// How long a program may take to tell its version.
const LIMIT: Duration = Duration::from_secs(20);

/// Names under which Chromium is installed.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub struct DoctorReport {
    /// Version of this document.
    pub version: u32,
    /// Whether everything that is needed is there.
    pub healthy: bool,
    /// One for each thing looked at.
    pub checks: Vec<Check>,
}

/// One thing looked at.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// What.
    pub name: &'static str,
    /// How it stands.
    pub status: CheckStatus,
    /// What was found.
    pub found: String,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mend: Option<String>,
}

/// How a thing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckStatus {
    /// As it should.
    Ok,
    /// Something works less well without it.
    Optional,
    /// It is needed.
    Missing,
}

/// Looks at everything. Where a key is set, the list of models is asked for, which checks key, model and network and is free.
pub async fn doctor(session: &Session) -> DoctorReport {
    let directory = session.directory.as_path();
    let (node, npm, python) = tokio::join!(
        output("node", &["--version"], directory, LIMIT),
        output("npm", &["--version"], directory, LIMIT),
        output("python3", &["--version"], directory, LIMIT),
    );
    let browser = browser(directory).await;
    let checks = vec![
        program(
            "Node.js",
            node,
            |version| {
                matches!(version, [20, minor, ..] if *minor >= 19)
                    || matches!(version, [22, minor, ..] if *minor >= 13)
                    || matches!(version, [major, ..] if *major >= 24)
            },
            "20.19 or later, 22.13 or later, or 24 and above",
            "install it from https://nodejs.org or with your package manager",
        ),
        program(
            "npm",
            npm,
            |version| matches!(version, [major, ..] if *major >= 10),
            "10 or later",
            "it comes with Node.js; `npm install --global npm@11` updates it",
        ),
        program(
            "Python",
            python,
            |version| matches!(version, [3, minor, ..] if *minor >= 10),
            "3.10 or later, for the API tests",
            "install it from https://www.python.org or with your package manager",
        ),
        Check {
            name: "Chromium",
            status: if browser.is_some() { CheckStatus::Ok } else { CheckStatus::Optional },
            mend: browser
                .is_none()
                .then(|| "only metagen's own end-to-end tests need it: apt-get install chromium".to_owned()),
            found: browser.unwrap_or_else(|| "not found".to_owned()),
        },
        writable(directory),
        model(session).await,
    ];
    let healthy = checks.iter().all(|check| check.status != CheckStatus::Missing);
    DoctorReport { version: 1, healthy, checks }
}

async fn browser(directory: &Path) -> Option<String> {
    for name in BROWSERS {
        if let Some(version) = output(name, &["--version"], directory, LIMIT).await {
            return Some(version);
        }
    }
    None
}

fn program(
    name: &'static str,
    version: Option<String>,
    fits: impl Fn(&[u64]) -> bool,
    wanted: &str,
    mend: &str,
) -> Check {
    let good = version.as_deref().is_some_and(|text| fits(&numbers(text)));
    Check {
        name,
        status: if good { CheckStatus::Ok } else { CheckStatus::Missing },
        found: version.unwrap_or_else(|| "not found".to_owned()),
        mend: (!good).then(|| format!("needs {wanted}: {mend}")),
    }
}

/// The numbers of a version, whatever stands before it.
fn numbers(text: &str) -> Vec<u64> {
    let start = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
    let version = text.get(start..).unwrap_or_default();
    version.split(|c: char| !c.is_ascii_digit()).map_while(|part| part.parse().ok()).collect()
}

fn writable(directory: &Path) -> Check {
    let tried = tempfile::NamedTempFile::new_in(directory);
    Check {
        name: "write access",
        status: if tried.is_ok() { CheckStatus::Ok } else { CheckStatus::Missing },
        mend: tried.is_err().then(|| "go to a directory of your own, or name one with --out".to_owned()),
        found: match tried {
            Ok(_) => directory.display().to_string(),
            Err(error) => format!("{}: {error}", directory.display()),
        },
    }
}

/// Whether the model that a build would ask can be asked.
async fn model(session: &Session) -> Check {
    const NAME: &str = "model";
    let broken = |error: &CommandError| Check {
        name: NAME,
        status: CheckStatus::Missing,
        found: error.to_string(),
        mend: error.hint(),
    };
    let mut settings = match settings(session) {
        Ok((settings, _)) => settings,
        Err(error) => return broken(&error),
    };
    let wanted = match settings.provider {
        ProviderChoice::Auto if settings.gemini.key.is_none() => {
            return Check {
                name: NAME,
                status: CheckStatus::Optional,
                found: "no key is set".to_owned(),
                mend: Some("builds work offline without one; set GEMINI_API_KEY for Gemini".to_owned()),
            };
        }
        ProviderChoice::Auto | ProviderChoice::Gemini => Some(settings.gemini.model.clone()),
        ProviderChoice::OpenAi => settings.openai.model.clone(),
        ProviderChoice::Mock | ProviderChoice::Replay => {
            let found = "none is needed: this provider works offline".to_owned();
            return Check { name: NAME, status: CheckStatus::Ok, found, mend: None };
        }
    };
    // A person waits, and can ask again.
    settings.retry.max_attempts = 1;
    let key = if settings.gemini.key.is_some() || settings.openai.key.is_some() { "key [set]; " } else { "" };
    let models = match list_models(&settings).await {
        Ok(models) => models,
        Err(error) => {
            let check = broken(&CommandError::Model(error));
            return Check { found: format!("{key}{}", check.found), ..check };
        }
    };
    let Some(wanted) = wanted else {
        return Check {
            name: NAME,
            status: CheckStatus::Missing,
            found: format!("{key}the server answers, but no model is named"),
            mend: Some("name one with --model".to_owned()),
        };
    };
    let bare = wanted.rsplit('/').next().unwrap_or(&wanted);
    let known = models.iter().any(|entry| entry.id == wanted || entry.id == bare);
    Check {
        name: NAME,
        status: if known { CheckStatus::Ok } else { CheckStatus::Missing },
        found: format!("{key}{wanted}{}", if known { " answers" } else { " is not among the models there" }),
        mend: (!known).then(|| match nearest(&wanted, &models).join(", ") {
            near if near.is_empty() => "choose another with --model".to_owned(),
            near => format!("choose another with --model, such as {near}"),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_programs_say() {
        for (text, expected) in [
            ("v20.19.0", vec![20, 19, 0]),
            ("Python 3.11.7", vec![3, 11, 7]),
            ("11.19.1", vec![11, 19, 1]),
            ("3.13.0rc1", vec![3, 13, 0]),
            ("none", vec![]),
        ] {
            assert_eq!(numbers(text), expected, "{text}");
        }
    }
}
