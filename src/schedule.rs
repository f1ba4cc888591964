//! Which task may start now: a state machine without clock, threads or I/O.
//!
//! The engine asks [`Schedule::next_ready`], tells what became of it, and asks again until [`Schedule::is_over`]. Every call is
//! logarithmic at most, and a whole run linear in tasks and dependencies but for that.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::graph::TaskGraph;

/// Where a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskState {
    /// Some task that it depends on has not ended yet.
    Pending,
    /// It may start.
    Ready,
    /// An attempt is under way.
    Running,
    /// An attempt failed and the next has to wait.
    Waiting,
    /// Its result stands.
    Succeeded,
    /// It failed for good.
    Failed,
    /// This task, on which it depends directly or by others, failed.
    Blocked {
        /// The task that failed, as its place in the plan.
        by: usize,
    },
    /// The run was stopped before it ended.
    Cancelled,
}

/// What happens to a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// An earlier run did it already.
    Reuse,
    /// The last task that it depends on succeeded.
    Unlock,
    /// An attempt begins.
    Start,
    /// An attempt failed and another will follow.
    Retry,
    /// The wait between attempts is over.
    Wake,
    /// An attempt succeeded.
    Succeed,
    /// It failed for good.
    Fail,
    /// A task that it depends on failed.
    Block {
        /// That task, as its place in the plan.
        by: usize,
    },
    /// The run is being stopped.
    Cancel,
}

impl TaskState {
    /// The state after a step; `None` where the step is not legal. All legal transitions stand here.
    pub const fn after(self, step: Step) -> Option<Self> {
        Some(match (self, step) {
            (Self::Pending, Step::Unlock) | (Self::Waiting, Step::Wake) => Self::Ready,
            (Self::Ready, Step::Start) => Self::Running,
            (Self::Running, Step::Retry) => Self::Waiting,
            (Self::Running, Step::Succeed) | (Self::Pending | Self::Ready, Step::Reuse) => Self::Succeeded,
            (Self::Running, Step::Fail) => Self::Failed,
            (Self::Pending, Step::Block { by }) => Self::Blocked { by },
            (Self::Pending | Self::Ready | Self::Waiting | Self::Running, Step::Cancel) => Self::Cancelled,
            _ => return None,
        })
    }

    /// Whether nothing can follow.
    pub const fn is_end(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Blocked { .. } | Self::Cancelled)
    }
}

/// The state of all tasks of a run.
///
/// Tasks go by their place in the plan. A call that is not legal in a task's state is a bug of the caller and panics.
#[derive(Clone, Debug)]
pub struct Schedule {
    graph: TaskGraph,
    states: Vec<TaskState>,
    waits_for: Vec<u32>,
    ready: BinaryHeap<(u64, Reverse<usize>)>,
    open: usize,
}

impl Schedule {
    /// A schedule in which the tasks without dependencies may start. Those in `done` count as succeeded, whatever they
    /// depend on.
    pub fn new(graph: TaskGraph, done: impl IntoIterator<Item = usize>) -> Self {
        let count = graph.len();
        let mut schedule = Self {
            states: vec![TaskState::Pending; count],
            waits_for: (0..count).map(|task| graph.waits_for(task)).collect(),
            ready: BinaryHeap::new(),
            open: count,
            graph,
        };
        for task in done {
            if schedule.states[task] != TaskState::Succeeded {
                schedule.step(task, Step::Reuse);
            }
        }
        for task in 0..count {
            if schedule.states[task] == TaskState::Succeeded {
                for &dependent in schedule.graph.dependents(task) {
                    schedule.waits_for[dependent as usize] -= 1;
                }
            }
        }
        for task in 0..count {
            if schedule.states[task] == TaskState::Pending && schedule.waits_for[task] == 0 {
                schedule.make_ready(task, Step::Unlock);
            }
        }
        schedule
    }

    /// Where a task stands.
    pub fn state(&self, task: usize) -> TaskState {
        self.states[task]
    }

    /// Whether every task has ended.
    pub const fn is_over(&self) -> bool {
        self.open == 0
    }

    /// Starts the task that should come next: the one with the longest chain behind it, the first in the plan among equals.
    /// `None` where none may start now.
    pub fn next_ready(&mut self) -> Option<usize> {
        let (_, Reverse(task)) = self.ready.pop()?;
        self.step(task, Step::Start);
        Some(task)
    }

    /// A running task succeeded; what waited for it alone becomes ready.
    pub fn succeed(&mut self, task: usize) {
        self.step(task, Step::Succeed);
        for place in 0..self.graph.dependents(task).len() {
            let dependent = self.graph.dependents(task)[place] as usize;
            self.waits_for[dependent] -= 1;
            // One that was blocked or cancelled in the meantime stays so.
            if self.waits_for[dependent] == 0 && self.states[dependent] == TaskState::Pending {
                self.make_ready(dependent, Step::Unlock);
            }
        }
    }

    /// A running task failed for good; returns those that are blocked by it, nearest first.
    pub fn fail(&mut self, task: usize) -> Vec<usize> {
        self.step(task, Step::Fail);
        let mut blocked = Vec::new();
        self.block_dependents(task, task, &mut blocked);
        let mut next = 0;
        while let Some(&at) = blocked.get(next) {
            self.block_dependents(at, task, &mut blocked);
            next += 1;
        }
        blocked
    }

    /// An attempt at a running task failed; it waits for [`Self::wake`].
    pub fn retry(&mut self, task: usize) {
        self.step(task, Step::Retry);
    }

    /// A waiting task may start again.
    pub fn wake(&mut self, task: usize) {
        self.make_ready(task, Step::Wake);
    }

    /// A running task was stopped.
    pub fn cancel(&mut self, task: usize) {
        self.step(task, Step::Cancel);
    }

    /// Cancels all that is not running; returns them in plan order.
    pub fn cancel_rest(&mut self) -> Vec<usize> {
        self.ready.clear();
        let idle = |state| matches!(state, TaskState::Pending | TaskState::Ready | TaskState::Waiting);
        let rest: Vec<usize> = (0..self.states.len()).filter(|&task| idle(self.states[task])).collect();
        for &task in &rest {
            self.step(task, Step::Cancel);
        }
        rest
    }

    fn block_dependents(&mut self, task: usize, by: usize, blocked: &mut Vec<usize>) {
        for place in 0..self.graph.dependents(task).len() {
            let dependent = self.graph.dependents(task)[place] as usize;
            if self.states[dependent] == TaskState::Pending {
                self.step(dependent, Step::Block { by });
                blocked.push(dependent);
            }
        }
    }

    fn make_ready(&mut self, task: usize, step: Step) {
        self.step(task, step);
        self.ready.push((self.graph.critical_path(task), Reverse(task)));
    }

    fn step(&mut self, task: usize, step: Step) {
        let state = self.states[task];
        let Some(next) = state.after(step) else { panic!("task {task} is {state:?}: {step:?} is not legal") };
        self.states[task] = next;
        if next.is_end() {
            self.open -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::TaskId;
    use crate::graph::Node;

    /// Tasks as lists of what they wait for, by place.
    fn schedule(tasks: &[&[usize]], done: &[usize]) -> Schedule {
        let id = |place: usize| TaskId::new(format!("t{place}")).unwrap();
        let ids: Vec<TaskId> = (0..tasks.len()).map(id).collect();
        let after: Vec<Vec<TaskId>> =
            tasks.iter().map(|list| list.iter().map(|&place| ids[place].clone()).collect()).collect();
        let nodes: Vec<_> =
            ids.iter().zip(&after).map(|(id, depends_on)| Node { id, depends_on, cost: 1 }).collect();
        Schedule::new(TaskGraph::new(&nodes).unwrap(), done.iter().copied())
    }

    fn drain(schedule: &mut Schedule) -> Vec<usize> {
        std::iter::from_fn(|| schedule.next_ready()).collect()
    }

    #[test]
    fn legal_steps() {
        use TaskState::{Blocked, Cancelled, Failed, Pending, Ready, Running, Succeeded, Waiting};
        let states = [Pending, Ready, Running, Waiting, Succeeded, Failed, Blocked { by: 9 }, Cancelled];
        let table = [
            (Step::Reuse, [Some(Succeeded), Some(Succeeded), None, None]),
            (Step::Unlock, [Some(Ready), None, None, None]),
            (Step::Start, [None, Some(Running), None, None]),
            (Step::Retry, [None, None, Some(Waiting), None]),
            (Step::Wake, [None, None, None, Some(Ready)]),
            (Step::Succeed, [None, None, Some(Succeeded), None]),
            (Step::Fail, [None, None, Some(Failed), None]),
            (Step::Block { by: 9 }, [Some(Blocked { by: 9 }), None, None, None]),
            (Step::Cancel, [Some(Cancelled); 4]),
        ];
        for (step, expect) in table {
            let got: Vec<_> = states.iter().map(|state| state.after(step)).collect();
            assert_eq!(got[..4], expect, "{step:?}");
            assert!(got[4..].iter().all(Option::is_none), "{step:?}: nothing follows an end");
        }
    }

    #[test]
    fn longest_chain_first_then_plan_order() {
        let mut schedule = schedule(&[&[], &[], &[], &[2], &[3]], &[]);
        assert_eq!(drain(&mut schedule), [2, 0, 1]);
        schedule.succeed(2);
        assert_eq!(drain(&mut schedule), [3]);
    }

    #[test]
    fn failure_blocks_all_that_follows_and_nothing_else() {
        let mut schedule = schedule(&[&[], &[0], &[1], &[], &[3, 2]], &[]);
        assert_eq!(drain(&mut schedule), [0, 3]);
        assert_eq!(schedule.fail(0), [1, 2, 4]);
        assert_eq!(schedule.state(4), TaskState::Blocked { by: 0 });
        schedule.succeed(3);
        assert!(schedule.next_ready().is_none());
        assert!(schedule.is_over());
    }

    #[test]
    fn retries_come_back() {
        let mut schedule = schedule(&[&[], &[0]], &[]);
        assert_eq!(schedule.next_ready(), Some(0));
        schedule.retry(0);
        assert_eq!((schedule.next_ready(), schedule.is_over()), (None, false));
        schedule.wake(0);
        assert_eq!(schedule.next_ready(), Some(0));
        schedule.succeed(0);
        assert_eq!(schedule.next_ready(), Some(1));
    }

    #[test]
    fn stopping_leaves_what_runs() {
        let mut schedule = schedule(&[&[], &[0], &[]], &[]);
        assert_eq!(schedule.next_ready(), Some(0));
        assert_eq!(schedule.cancel_rest(), [1, 2]);
        assert!(!schedule.is_over());
        schedule.succeed(0);
        assert_eq!((schedule.next_ready(), schedule.is_over()), (None, true));
    }

    #[test]
    fn done_tasks_are_not_started() {
        let mut schedule = schedule(&[&[], &[0], &[1], &[]], &[1, 0, 1]);
        assert_eq!(drain(&mut schedule), [2, 3]);
        assert!(self::schedule(&[&[], &[0]], &[0, 1]).is_over());
    }

    #[test]
    #[should_panic(expected = "not legal")]
    fn illegal_steps_are_bugs() {
        schedule(&[&[]], &[]).succeed(0);
    }
}
