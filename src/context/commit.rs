//! Group commit: one thread writes what many tasks have to say, and syncs once for all that came while it was busy.

use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::sync::oneshot;

use super::document::Context;
use super::entry::Entry;
use super::error::ContextError;
use super::journal::Journal;
use super::pack::Pack;
use crate::base::contents::Contents;
use crate::base::fs::Appender;
use crate::base::ids::OutputPath;

/// Generated forms that go to the pack before the entry that speaks of them goes to the journal.
pub(super) type Forms = Vec<(OutputPath, Contents)>;

/// An entry on its way to the disk.
#[derive(Debug)]
pub(super) struct Request {
    /// `None` for forms that an entry may speak of later.
    pub(super) entry: Option<Entry>,
    pub(super) forms: Forms,
    pub(super) reply: oneshot::Sender<Result<(), ContextError>>,
}

/// An entry that will have been written once this is over. Dropping it does not take the entry back.
#[derive(Debug)]
#[must_use = "the entry is written in any case, but only this says whether that went well"]
pub struct Pending(pub(super) oneshot::Receiver<Result<(), ContextError>>);

impl Pending {
    /// Waits on a thread that may block. Panics inside of an asynchronous task, which awaits instead.
    pub fn wait(self) -> Result<(), ContextError> {
        self.0.blocking_recv().unwrap_or(Err(ContextError::Broken))
    }
}

impl Future for Pending {
    type Output = Result<(), ContextError>;

    fn poll(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Self::Output> {
        let polled = std::pin::Pin::new(&mut self.0).poll(cx);
        polled.map(|reply| reply.unwrap_or(Err(ContextError::Broken)))
    }
}

/// What the thread and the writer both see.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) context: Mutex<Context>,
    pub(super) pack: Mutex<Pack>,
}

impl Shared {
    pub(super) fn context(&self) -> std::sync::MutexGuard<'_, Context> {
        // A panic while it was held cannot have left it half changed: an entry is applied or refused.
        self.context.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn pack(&self) -> std::sync::MutexGuard<'_, Pack> {
        self.pack.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The files that the thread adds to.
#[derive(Debug)]
pub(super) struct Files {
    pub(super) journal: Appender,
    pub(super) pack: Appender,
    pub(super) pack_unsynced: bool,
    /// Whether anything came that took work: a task's end, or a change of the person's files.
    pub(super) lasting: bool,
}

/// Writes requests until all senders are gone; gives the files back, or `None` where a write failed.
pub(super) fn run(shared: &Arc<Shared>, mut files: Files, requests: &Receiver<Request>) -> Option<Files> {
    let mut broken: Option<ContextError> = None;
    while let Ok(first) = requests.recv() {
        let mut answered = Vec::new();
        let mut batch = Batch::default();
        for request in std::iter::once(first).chain(requests.try_iter()) {
            if let Some(error) = &broken {
                answered.push((request.reply, Err(error.clone())));
                continue;
            }
            let taken = batch.take(shared, request.entry, request.forms);
            answered.push((request.reply, taken));
        }
        let written = batch.write(&mut files);
        if let Err(error) = written {
            for (_, reply) in answered.iter_mut().filter(|(_, reply)| reply.is_ok()) {
                *reply = Err(error.clone());
            }
            broken = Some(error);
        }
        for (sender, reply) in answered {
            // Whoever asked may have gone away in the meantime.
            let _ = sender.send(reply);
        }
    }
    broken.is_none().then_some(files)
}

#[derive(Default)]
struct Batch {
    pack: Vec<Bytes>,
    journal: Vec<u8>,
    hard: bool,
    lasting: bool,
}

impl Batch {
    /// Takes an entry into the state in memory and into what is to be written.
    fn take(&mut self, shared: &Shared, entry: Option<Entry>, forms: Forms) -> Result<(), ContextError> {
        if let Some(entry) = entry {
            let mut context = shared.context();
            let line = Journal::line(context.seq + 1, &entry);
            self.hard |= entry.is_hard();
            self.lasting |= matches!(entry, Entry::TaskEnded { .. } | Entry::ApplyStarted { .. });
            context.apply(entry)?;
            self.journal.extend_from_slice(line.as_bytes());
        }
        let mut pack = shared.pack();
        for (path, contents) in forms {
            pack.push(&path, &contents, &mut self.pack);
        }
        Ok(())
    }

    /// Contents first, then the entries that speak of them.
    fn write(self, files: &mut Files) -> Result<(), ContextError> {
        files.lasting |= self.lasting;
        if !self.pack.is_empty() {
            files.pack_unsynced = true;
            files.pack.append_all(&self.pack)?;
        }
        if !self.journal.is_empty() {
            files.journal.append(&self.journal)?;
        }
        if self.hard {
            if std::mem::take(&mut files.pack_unsynced) {
                files.pack.sync()?;
            }
            files.journal.sync()?;
        }
        Ok(())
    }
}

/// Sends an entry on its way.
pub(super) fn send(requests: &Sender<Request>, entry: Option<Entry>, forms: Forms) -> Pending {
    let (reply, receiver) = oneshot::channel();
    // Where the thread is gone the reply's sender is dropped with the request, which the receiver takes for a failure.
    let _ = requests.send(Request { entry, forms, reply });
    Pending(receiver)
}
