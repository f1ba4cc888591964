//! Answers kept, so that nothing is paid for twice.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::client::{BoxFuture, Finish, LlmClient, LlmError, Reply, Request, Usage};
use super::digest::{self, Scope};
use crate::base::fs::{self, Disk, FsError, Mode};

const VERSION: u32 = 1;

/// The largest file that counts as an answer.
const MAX_FILE: u64 = 64 << 20;

/// A stored answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    version: u32,
    key: String,
    model: String,
    usage: Usage,
    /// Digest of the text, against damage that is still JSON.
    digest: String,
    text: String,
}

/// Asks the client below only for what no file answers.
pub(super) struct Cached {
    inner: Arc<dyn LlmClient>,
    scope: Scope,
    dir: PathBuf,
    disk: Disk,
}

impl Cached {
    pub(super) fn new(inner: Arc<dyn LlmClient>, scope: Scope, dir: PathBuf) -> Self {
        Self { inner, scope, dir, disk: Disk::default() }
    }

    fn load(&self, key: &str) -> Option<Reply> {
        let bytes = fs::read(&place(&self.dir, key), MAX_FILE).ok()??;
        let stored: Stored = serde_json::from_slice(&bytes).ok()?;
        let sound =
            stored.version == VERSION && stored.key == key && stored.digest == digest::of_text(&stored.text);
        sound.then(|| Reply {
            text: stored.text,
            finish: Finish::Complete,
            // It costs nothing now, and reports add up what was spent now.
            usage: Usage::default(),
            model: stored.model,
            cached: true,
        })
    }

    fn store(&self, key: String, reply: &Reply) -> Result<(), FsError> {
        let path = place(&self.dir, &key);
        let folder = path.parent().unwrap_or(&self.dir);
        let stored = Stored {
            version: VERSION,
            key,
            model: reply.model.clone(),
            usage: reply.usage,
            digest: digest::of_text(&reply.text),
            text: reply.text.clone(),
        };
        let bytes = serde_json::to_vec_pretty(&stored).expect("texts and numbers are always JSON");
        self.disk.create_dirs(folder)?;
        // An answer can be asked for again, so it need not survive a power cut; its digest shows whether it did.
        self.disk.write_unsynced(&path, &bytes, Mode::Plain, folder)
    }
}

impl LlmClient for Cached {
    fn provider(&self) -> &str {
        self.inner.provider()
    }

    fn model(&self) -> &str {
        self.inner.model()
    }

    fn complete<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply, LlmError>> {
        Box::pin(async move {
            let key = digest::asked(request, &self.scope);
            if let Some(reply) = self.load(&key) {
                tracing::debug!(key, "answered from the store");
                return Ok(reply);
            }
            let reply = self.inner.complete(request).await?;
            // What was cut off may come whole another time.
            if reply.finish == Finish::Complete
                && !reply.cached
                && let Err(error) = self.store(key, &reply)
            {
                tracing::warn!(%error, "an answer could not be kept");
            }
            Ok(reply)
        })
    }
}

fn place(dir: &Path, key: &str) -> PathBuf {
    let folder = key.get(..2).unwrap_or("xx");
    dir.join(folder).join(format!("{key}.json"))
}

/// What a store of answers holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CacheSummary {
    /// Answers.
    pub answers: u64,
    /// Their size in bytes.
    pub bytes: u64,
}

/// Looks through a store of answers.
pub fn cache_summary(dir: &Path) -> Result<CacheSummary, FsError> {
    let mut summary = CacheSummary::default();
    for path in files(dir)? {
        if let fs::Kind::File { len, .. } = fs::kind(&path)? {
            summary.answers += 1;
            summary.bytes += len;
        }
    }
    Ok(summary)
}

/// Empties a store of answers and says what went. Files that are not its own stay.
pub fn cache_clear(dir: &Path) -> Result<CacheSummary, FsError> {
    let disk = Disk::default();
    let mut summary = CacheSummary::default();
    for path in files(dir)? {
        if let fs::Kind::File { len, .. } = fs::kind(&path)?
            && disk.remove(&path)?
        {
            summary.answers += 1;
            summary.bytes += len;
        }
        if let Some(folder) = path.parent() {
            // Stays as long as something is in it.
            let _ = disk.remove_empty_dir(folder);
        }
    }
    Ok(summary)
}

fn files(dir: &Path) -> Result<Vec<PathBuf>, FsError> {
    let hexadecimal = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut files = Vec::new();
    for folder in fs::list(dir)?.into_iter().filter(|name| name.len() == 2 && hexadecimal(name)) {
        let folder = dir.join(folder);
        if fs::kind(&folder)? != fs::Kind::Directory {
            continue;
        }
        for name in fs::list(&folder)? {
            if name.strip_suffix(".json").is_some_and(|key| key.len() == 64 && hexadecimal(key)) {
                files.push(folder.join(name));
            }
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::llm::double::{Script, request};

    fn cached(script: &Arc<Script>, dir: &Path, scope: &str) -> Cached {
        Cached::new(Arc::clone(script) as Arc<dyn LlmClient>, Scope(scope.to_owned()), dir.to_owned())
    }

    #[tokio::test]
    async fn the_same_question_is_paid_for_once() {
        let dir = tempfile::tempdir().unwrap();
        let script = Script::new([Ok("one"), Ok("two"), Ok("three")]);
        let first = cached(&script, dir.path(), "a").complete(&request("q")).await.unwrap();
        assert!(!first.cached && first.usage.calls == 1);
        let again = cached(&script, dir.path(), "a").complete(&request("q")).await.unwrap();
        assert_eq!((again.text.as_str(), again.cached, again.usage), ("one", true, Usage::default()));
        assert_eq!(cached(&script, dir.path(), "a").complete(&request("other")).await.unwrap().text, "two");
        assert_eq!(cached(&script, dir.path(), "b").complete(&request("q")).await.unwrap().text, "three");
        let summary = cache_summary(dir.path()).unwrap();
        assert_eq!(summary.answers, 3);
        std::fs::write(dir.path().join("mine.txt"), "x").unwrap();
        assert_eq!(cache_clear(dir.path()).unwrap(), summary);
        assert_eq!(cache_summary(dir.path()).unwrap(), CacheSummary::default());
        assert!(dir.path().join("mine.txt").exists());
        assert_eq!(cache_summary(&dir.path().join("nowhere")).unwrap(), CacheSummary::default());
    }

    #[tokio::test]
    async fn a_damaged_entry_is_a_miss_and_is_replaced() {
        for damage in [
            (|text: &str| text[..text.len() / 2].to_owned()) as fn(&str) -> String,
            |text| text.replace("one", "won"),
            |text| text.replace("\"version\": 1", "\"version\": 2"),
            |_| String::new(),
        ] {
            let dir = tempfile::tempdir().unwrap();
            let script = Script::new([Ok("one"), Ok("two")]);
            cached(&script, dir.path(), "a").complete(&request("q")).await.unwrap();
            let path = files(dir.path()).unwrap().remove(0);
            let text = std::fs::read_to_string(&path).unwrap();
            std::fs::write(&path, damage(&text)).unwrap();
            assert_eq!(cached(&script, dir.path(), "a").complete(&request("q")).await.unwrap().text, "two");
            assert!(cached(&script, dir.path(), "a").complete(&request("q")).await.unwrap().cached);
        }
    }

    #[tokio::test]
    async fn what_was_cut_off_or_failed_is_not_kept() {
        let dir = tempfile::tempdir().unwrap();
        let script = Script::new([Err(crate::llm::LlmErrorKind::Overloaded), Ok("half…"), Ok("whole")]);
        assert!(cached(&script, dir.path(), "a").complete(&request("q")).await.is_err());
        assert_eq!(
            cached(&script, dir.path(), "a").complete(&request("q")).await.unwrap().finish,
            Finish::Length
        );
        assert_eq!(cached(&script, dir.path(), "a").complete(&request("q")).await.unwrap().text, "whole");
    }

    #[tokio::test]
    async fn a_store_that_cannot_be_written_still_answers() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, "").unwrap();
        let script = Script::new([Ok("one")]);
        assert_eq!(cached(&script, &file, "a").complete(&request("q")).await.unwrap().text, "one");
    }
}
