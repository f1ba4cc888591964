//! Owns the schedule and a set of attempts, and goes between them until every task has ended.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::try_join_all;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::attempt::{Ended, Shared, Verdict, attempt, close};
use super::commit::{CommitError, Committer};
use super::event::{EventSink, RunEvent, TaskEnd};
use super::report::{RunReport, Stop, TaskRecord};
use super::retry::{Decision, Failure, decide, wait_after};
use super::runner::TaskRunner;
use super::stop::StopSignal;
use crate::base::budget::RetryBudget;
use crate::base::clock::Clock;
use crate::base::ids::TaskId;
use crate::graph::{GraphError, Node, TaskGraph};
use crate::llm::Usage;
use crate::plan::Task;
use crate::schedule::Schedule;

/// Runs tasks. Everything it needs from outside stands here.
pub struct Engine {
    /// Does the work.
    pub runner: Arc<dyn TaskRunner>,
    /// Keeps the results.
    pub committer: Arc<dyn Committer>,
    /// Hears what happens.
    pub events: Arc<dyn EventSink>,
    /// Dates the records.
    pub clock: Arc<dyn Clock>,
    /// The retries left, shared with whoever retries below.
    pub retries: Arc<RetryBudget>,
    /// Asks the run to stop.
    pub stop: StopSignal,
    /// What the user chose.
    pub options: EngineOptions,
}

/// What the user chose for a run.
#[derive(Clone, Copy, Debug)]
pub struct EngineOptions {
    /// Most attempts at the same time.
    pub max_parallel: NonZeroUsize,
    /// Bound of one attempt, in place of the tasks' own.
    pub timeout: Option<Duration>,
    /// Whether the first failed task ends the run; what runs may end.
    pub fail_fast: bool,
    /// How long attempts may go on after the run was asked to stop.
    pub grace: Duration,
    /// Where jitter comes from.
    pub seed: u64,
}

impl Engine {
    /// Runs the tasks to their ends. Those in `done` (id → artifacts) count as done by an earlier run and are not run again.
    ///
    /// Must be polled to its end: dropping the future drops what is under way without recording it.
    pub async fn run(
        &self,
        tasks: Vec<Task>,
        done: &BTreeMap<TaskId, usize>,
    ) -> Result<RunReport, GraphError> {
        let nodes: Vec<_> =
            tasks.iter().map(|task| Node { id: &task.id, depends_on: &task.depends_on, cost: 1 }).collect();
        let graph = TaskGraph::new(&nodes)?;
        drop(nodes);
        let reused =
            tasks.iter().enumerate().filter(|(_, task)| done.contains_key(&task.id)).map(|(place, _)| place);
        let schedule = Schedule::new(graph, reused);
        let shared = Arc::new(Shared {
            runner: Arc::clone(&self.runner),
            committer: Arc::clone(&self.committer),
            events: Arc::clone(&self.events),
            cut: self.stop.immediate.child_token(),
            timeout: self.options.timeout,
            began: (Instant::now(), self.clock.now()),
        });
        let driver = Driver {
            engine: self,
            records: tasks.iter().map(|task| Some(Box::new(fresh_record(task, &shared, done)))).collect(),
            tasks: tasks.into_iter().map(Arc::new).collect(),
            schedule,
            shared,
            jobs: JoinSet::new(),
            running: 0,
            sleepers: BinaryHeap::new(),
            errors: BTreeMap::new(),
            stopped: None,
            cut_at: None,
        };
        Ok(driver.run().await)
    }
}

fn fresh_record(task: &Task, shared: &Shared, done: &BTreeMap<TaskId, usize>) -> TaskRecord {
    TaskRecord {
        task: task.id.clone(),
        agent: task.agent.clone(),
        end: match done.get(&task.id) {
            Some(&artifacts) => TaskEnd::Succeeded { artifacts, reused: true },
            None => TaskEnd::Cancelled,
        },
        attempts: Vec::new(),
        started_at: None,
        ended_at: shared.began.1,
        elapsed: Duration::ZERO,
        usage: Usage::default(),
        notes: Vec::new(),
        warnings: Vec::new(),
        provider: None,
    }
}

struct Driver<'a> {
    engine: &'a Engine,
    shared: Arc<Shared>,
    schedule: Schedule,
    tasks: Vec<Arc<Task>>,
    /// Away while a job works on them.
    records: Vec<Option<Box<TaskRecord>>>,
    jobs: JoinSet<Job>,
    /// Attempts among the jobs.
    running: usize,
    /// Tasks between two attempts, the first to wake on top.
    sleepers: BinaryHeap<Reverse<(Instant, usize)>>,
    /// Why the last attempt at a task failed.
    errors: BTreeMap<usize, Arc<str>>,
    stopped: Option<Stop>,
    /// When attempts are dropped because the grace period is over.
    cut_at: Option<Instant>,
}

/// What comes back from a job.
enum Job {
    Attempted(Ended),
    /// The ends of tasks were recorded.
    Recorded(Vec<(usize, Box<TaskRecord>)>, Result<(), CommitError>),
}

impl Driver<'_> {
    async fn run(mut self) -> RunReport {
        self.shared
            .events
            .emit(RunEvent::RunStarted { tasks: self.tasks.iter().map(|task| task.id.clone()).collect() });
        for record in self.records.iter().flatten() {
            if matches!(record.end, TaskEnd::Succeeded { .. }) {
                self.announce(record);
            }
        }
        loop {
            if self.engine.stop.is_requested() && self.cut_at.is_none() {
                self.interrupt();
            }
            self.start_ready();
            if self.jobs.is_empty() && self.sleepers.is_empty() {
                break;
            }
            self.wait().await;
        }
        debug_assert!(self.schedule.is_over(), "nothing runs and nothing waits, so nothing can be left");
        self.report()
    }

    fn start_ready(&mut self) {
        while self.stopped.is_none() && self.running < self.engine.options.max_parallel.get() {
            let Some(place) = self.schedule.next_ready() else { break };
            let record = self.records[place].take().expect("a task has one job at a time");
            let task = Arc::clone(&self.tasks[place]);
            let previous = self.errors.get(&place).cloned();
            let job = attempt(Arc::clone(&self.shared), place, task, record, previous);
            self.jobs.spawn(async { Job::Attempted(job.await) });
            self.running += 1;
        }
    }

    /// Waits for the next thing to happen, and does what follows from it.
    async fn wait(&mut self) {
        let wake_at = self.sleepers.peek().map(|&Reverse((at, _))| at);
        let timer =
            [wake_at, self.cut_at.filter(|_| !self.shared.cut.is_cancelled())].into_iter().flatten().min();
        let timer = async {
            match timer {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            Some(job) = self.jobs.join_next() => {
                self.take(job);
                while let Some(job) = self.jobs.try_join_next() {
                    self.take(job);
                }
            }
            () = timer => self.tick(),
            () = self.engine.stop.graceful.cancelled(), if self.cut_at.is_none() => {}
        }
    }

    fn take(&mut self, job: Result<Job, tokio::task::JoinError>) {
        match job {
            Ok(Job::Attempted(ended)) => {
                self.running -= 1;
                self.attempted(ended);
            }
            Ok(Job::Recorded(records, result)) => {
                for (place, record) in records {
                    self.announce(&record);
                    self.records[place] = Some(record);
                }
                if let Err(error) = result {
                    self.unkept(error);
                }
            }
            // Attempts catch their own panics, so this one is of the committer or of a sink: a bug, not a failed task.
            Err(error) => {
                if let Ok(panic) = error.try_into_panic() {
                    std::panic::resume_unwind(panic);
                }
            }
        }
    }

    fn tick(&mut self) {
        let now = Instant::now();
        if self.cut_at.is_some_and(|at| at <= now) {
            self.shared.cut.cancel();
        }
        while let Some(&Reverse((at, place))) = self.sleepers.peek()
            && at <= now
        {
            self.sleepers.pop();
            self.schedule.wake(place);
        }
    }

    fn attempted(&mut self, Ended { place, mut record, verdict }: Ended) {
        match verdict {
            Verdict::Kept => {
                self.schedule.succeed(place);
                self.errors.remove(&place);
                self.announce(&record);
                self.records[place] = Some(record);
            }
            Verdict::Failed(failure, error) => self.failed(place, record, failure, error),
            Verdict::Cancelled => {
                self.schedule.cancel(place);
                record.end = TaskEnd::Cancelled;
                self.close(vec![(place, record)]);
            }
            Verdict::Unkept(error) => {
                self.schedule.cancel(place);
                record.end = TaskEnd::Cancelled;
                close(&self.shared, &mut record);
                self.announce(&record);
                self.records[place] = Some(record);
                self.unkept(error);
            }
        }
    }

    fn failed(&mut self, place: usize, mut record: Box<TaskRecord>, failure: Failure, error: String) {
        let task = Arc::clone(&self.tasks[place]);
        let attempt = u32::try_from(record.attempts.len()).unwrap_or(u32::MAX);
        let timed_out = failure == Failure::TimedOut;
        let decision = decide(failure);
        if let Decision::Retry { at_least } = decision
            && attempt <= task.limits.max_retries
        {
            if self.stopped.is_some() {
                // It could have gone on, so it is not a failure: resuming the run tries it again.
                self.schedule.cancel(place);
                record.end = TaskEnd::Cancelled;
                return self.close(vec![(place, record)]);
            }
            let wait = wait_after(attempt, at_least, &task.id, &task.limits, self.engine.options.seed);
            if self.engine.retries.spend(wait) {
                self.schedule.retry(place);
                self.sleepers.push(Reverse((Instant::now() + wait, place)));
                self.errors.insert(place, error.as_str().into());
                self.records[place] = Some(record);
                return self.shared.events.emit(RunEvent::TaskRetrying {
                    task: task.id.clone(),
                    attempt,
                    timed_out,
                    error,
                    wait_ms: wait,
                });
            }
            self.shared.warn(&task, "the run's budget of retries is used up");
        }
        if let Decision::EndRun(kind) = decision {
            // Others would meet the same refusal. Its own end is a pause too: with the cause mended it can go on.
            self.schedule.cancel(place);
            record.end = TaskEnd::Failed { error, timed_out };
            self.close(vec![(place, record)]);
            return self.halt(Stop::Provider { task: task.id.clone(), kind });
        }
        record.end = TaskEnd::Failed { error, timed_out };
        let mut over = vec![(place, record)];
        for blocked in self.schedule.fail(place) {
            let mut record = self.records[blocked].take().expect("a task that never ran has no job");
            record.end = TaskEnd::Blocked { by: task.id.clone() };
            over.push((blocked, record));
        }
        self.close(over);
        if self.engine.options.fail_fast {
            self.halt(Stop::FailFast { task: task.id.clone() });
        }
    }

    /// Records the ends of tasks, all at once.
    fn close(&mut self, mut over: Vec<(usize, Box<TaskRecord>)>) {
        for (place, record) in &mut over {
            close(&self.shared, record);
            self.errors.remove(place);
        }
        let committer = Arc::clone(&self.shared.committer);
        self.jobs.spawn(async move {
            let results = try_join_all(over.iter().map(|(_, record)| committer.finished(record))).await;
            Job::Recorded(over, results.map(drop))
        });
    }

    fn interrupt(&mut self) {
        self.cut_at = Some(Instant::now() + self.engine.options.grace);
        self.halt(Stop::Interrupted);
    }

    fn unkept(&mut self, error: CommitError) {
        // What the others would bring could not be kept either.
        self.shared.cut.cancel();
        self.halt(Stop::Committer(error));
    }

    /// Starts nothing any more.
    fn halt(&mut self, why: Stop) {
        // A lost disk outweighs an interrupt, and both outweigh a failed task.
        let weight = |stop: &Stop| match stop {
            Stop::FailFast { .. } | Stop::Provider { .. } => 0,
            Stop::Interrupted => 1,
            Stop::Committer(_) => 2,
        };
        if self.stopped.as_ref().is_none_or(|stopped| weight(&why) > weight(stopped)) {
            self.stopped = Some(why);
        }
        self.sleepers.clear();
        let cancelled: Vec<_> = self
            .schedule
            .cancel_rest()
            .into_iter()
            .map(|place| (place, self.records[place].take().expect("a task that is not running has no job")))
            .collect();
        if !cancelled.is_empty() {
            self.close(cancelled);
        }
    }

    fn announce(&self, record: &TaskRecord) {
        self.shared.events.emit(RunEvent::TaskFinished {
            task: record.task.clone(),
            end: record.end.clone(),
            attempts: u32::try_from(record.attempts.len()).unwrap_or(u32::MAX),
            elapsed_ms: record.elapsed,
            usage: record.usage,
        });
    }

    fn report(self) -> RunReport {
        let elapsed = self.shared.began.0.elapsed();
        let interrupted = matches!(self.stopped, Some(Stop::Interrupted));
        self.shared.events.emit(RunEvent::RunFinished { elapsed_ms: elapsed, interrupted });
        let mut usage = Usage::default();
        let tasks: Vec<TaskRecord> = self.records.into_iter().flatten().map(|record| *record).collect();
        for task in &tasks {
            usage += task.usage;
        }
        RunReport { tasks, started_at: self.shared.began.1, elapsed, usage, stopped: self.stopped }
    }
}
