//! A checked graph of tasks: which must end before which may start.
//!
//! Tasks go by their place in the plan, as numbers; that keeps a hundred thousand of them cheap.

use std::collections::HashMap;
use std::fmt;

use crate::base::ids::TaskId;

/// A task as the graph sees it.
#[derive(Clone, Debug)]
pub struct Node<'a> {
    /// Unique in the graph.
    pub id: &'a TaskId,
    /// The tasks that must have ended well before it starts.
    pub depends_on: &'a [TaskId],
    /// How long it is thought to take, in any unit; only the proportions matter.
    pub cost: u64,
}

/// Tasks without a cycle; [`TaskGraph::new`] is its only constructor.
#[derive(Clone, Debug)]
pub struct TaskGraph {
    /// `offsets[n]..offsets[n + 1]` are the places in `dependents` that belong to task `n`.
    offsets: Vec<u32>,
    dependents: Vec<u32>,
    /// How many tasks each one waits for.
    waits_for: Vec<u32>,
    order: Vec<u32>,
    remaining: Vec<u64>,
}

/// Why tasks are no graph.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    /// Two tasks share an id.
    #[error("the id {0} is used twice")]
    Duplicate(TaskId),
    /// A task waits for one that does not exist.
    #[error("{task} depends on {dependency}, which does not exist")]
    Unknown {
        /// The task that waits.
        task: TaskId,
        /// What it waits for.
        dependency: TaskId,
    },
    /// Tasks wait for each other.
    #[error("tasks wait for each other: {0}")]
    Cycle(CyclePath),
    /// More tasks or dependencies than can be numbered.
    #[error("more tasks or dependencies than a graph can hold")]
    TooLarge,
}

/// A cycle from its first task to where it closes; prints as `a → b → a`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CyclePath(pub Vec<TaskId>);

impl fmt::Display for CyclePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for id in &self.0 {
            write!(f, "{id} → ")?;
        }
        self.0.first().map_or(Ok(()), |first| write!(f, "{first}"))
    }
}

impl TaskGraph {
    /// Checks the tasks. Linear in tasks and dependencies. A dependency named twice counts once.
    pub fn new(nodes: &[Node<'_>]) -> Result<Self, GraphError> {
        let edges = nodes.iter().map(|node| node.depends_on.len()).sum::<usize>();
        if u32::try_from(nodes.len().max(edges)).is_err() {
            return Err(GraphError::TooLarge);
        }
        let dependencies = resolve(nodes)?;
        let (offsets, dependents) = invert(&dependencies);
        let waits_for: Vec<u32> = dependencies.iter().map(|list| number(list.len())).collect();
        let mut graph = Self { offsets, dependents, waits_for, order: Vec::new(), remaining: Vec::new() };
        graph.order = graph.sort();
        if graph.order.len() < nodes.len() {
            return Err(GraphError::Cycle(cycle(nodes, &dependencies, &graph.order)));
        }
        graph.remaining = nodes.iter().map(|node| node.cost).collect();
        for &task in graph.order.iter().rev() {
            let after =
                graph.dependents(task as usize).iter().map(|&next| graph.remaining[next as usize]).max();
            let own = &mut graph.remaining[task as usize];
            *own = own.saturating_add(after.unwrap_or(0));
        }
        Ok(graph)
    }

    /// How many tasks there are.
    pub fn len(&self) -> usize {
        self.waits_for.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.waits_for.is_empty()
    }

    /// The tasks that wait for this one, in plan order.
    pub fn dependents(&self, task: usize) -> &[u32] {
        &self.dependents[self.offsets[task] as usize..self.offsets[task + 1] as usize]
    }

    /// How many tasks this one waits for.
    pub fn waits_for(&self, task: usize) -> u32 {
        self.waits_for[task]
    }

    /// Every task after all that it waits for; those that could stand in any order stand by level, then in plan order.
    pub fn order(&self) -> impl Iterator<Item = usize> + '_ {
        self.order.iter().map(|&task| task as usize)
    }

    /// The cost of the longest chain that begins with this task, itself included: what is left of the run once it starts.
    pub fn critical_path(&self, task: usize) -> u64 {
        self.remaining[task]
    }

    fn sort(&self) -> Vec<u32> {
        let mut waits = self.waits_for.clone();
        let mut order: Vec<u32> = (0..number(self.len())).filter(|&task| waits[task as usize] == 0).collect();
        let mut next = 0;
        while let Some(&task) = order.get(next) {
            for &dependent in self.dependents(task as usize) {
                waits[dependent as usize] -= 1;
                if waits[dependent as usize] == 0 {
                    order.push(dependent);
                }
            }
            next += 1;
        }
        order
    }
}

fn number(n: usize) -> u32 {
    u32::try_from(n).expect("the constructor refuses more than u32 can count")
}

fn resolve(nodes: &[Node<'_>]) -> Result<Vec<Vec<u32>>, GraphError> {
    let mut places = HashMap::with_capacity(nodes.len());
    for (place, node) in nodes.iter().enumerate() {
        if places.insert(node.id, number(place)).is_some() {
            return Err(GraphError::Duplicate(node.id.clone()));
        }
    }
    let resolve = |node: &Node<'_>| {
        let mut list = Vec::with_capacity(node.depends_on.len());
        for dependency in node.depends_on {
            let Some(&place) = places.get(dependency) else {
                return Err(GraphError::Unknown { task: node.id.clone(), dependency: dependency.clone() });
            };
            list.push(place);
        }
        list.sort_unstable();
        list.dedup();
        Ok(list)
    };
    nodes.iter().map(resolve).collect()
}

fn invert(dependencies: &[Vec<u32>]) -> (Vec<u32>, Vec<u32>) {
    let mut offsets = vec![0_u32; dependencies.len() + 1];
    for &dependency in dependencies.iter().flatten() {
        offsets[dependency as usize + 1] += 1;
    }
    for place in 1..offsets.len() {
        offsets[place] += offsets[place - 1];
    }
    let mut free = offsets.clone();
    let mut dependents = vec![0; offsets[dependencies.len()] as usize];
    for (task, list) in dependencies.iter().enumerate() {
        for &dependency in list {
            dependents[free[dependency as usize] as usize] = number(task);
            free[dependency as usize] += 1;
        }
    }
    (offsets, dependents)
}

/// Walks from the first task that could not be sorted to dependencies that could not be either; such a walk must come back
/// to where it has been.
fn cycle(nodes: &[Node<'_>], dependencies: &[Vec<u32>], sorted: &[u32]) -> CyclePath {
    let mut stuck = vec![true; nodes.len()];
    for &task in sorted {
        stuck[task as usize] = false;
    }
    let mut path: Vec<u32> = Vec::new();
    let mut place_in_path = vec![None; nodes.len()];
    let mut at = number(stuck.iter().position(|&stuck| stuck).expect("a task was left over"));
    while place_in_path[at as usize].is_none() {
        place_in_path[at as usize] = Some(path.len());
        path.push(at);
        let next = dependencies[at as usize].iter().find(|&&dependency| stuck[dependency as usize]);
        at = *next.expect("a task is left over only where one that it waits for is");
    }
    let mut ring = path.split_off(place_in_path[at as usize].unwrap_or(0));
    // The same cycle is told the same way wherever the walk entered it.
    let first = ring.iter().enumerate().min_by_key(|&(_, &task)| task).map_or(0, |(place, _)| place);
    ring.rotate_left(first);
    CyclePath(ring.iter().map(|&task| nodes[task as usize].id.clone()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `"a b:a c:a,b"`: a, b after a, c after both. A cost follows `=`.
    fn graph(text: &str) -> Result<TaskGraph, GraphError> {
        let id = |text: &str| TaskId::new(text).unwrap();
        let tasks: Vec<(TaskId, Vec<TaskId>, u64)> = text
            .split_whitespace()
            .map(|word| {
                let (word, cost) =
                    word.split_once('=').map_or((word, 1), |(word, cost)| (word, cost.parse().unwrap()));
                let (name, after) = word.split_once(':').unwrap_or((word, ""));
                (id(name), after.split(',').filter(|name| !name.is_empty()).map(id).collect(), cost)
            })
            .collect();
        let nodes: Vec<_> =
            tasks.iter().map(|(id, depends_on, cost)| Node { id, depends_on, cost: *cost }).collect();
        TaskGraph::new(&nodes)
    }

    #[track_caller]
    fn refused(text: &str, expect: &str) {
        assert_eq!(graph(text).unwrap_err().to_string(), expect);
    }

    #[test]
    fn refusals_name_their_cause() {
        refused("a a", "the id a is used twice");
        refused("a:b", "a depends on b, which does not exist");
        refused("a:a", "tasks wait for each other: a → a");
        refused("a:b b:a", "tasks wait for each other: a → b → a");
        refused("x a:x,c b:a c:b y:c", "tasks wait for each other: a → c → b → a");
        refused("y:c c:b b:a a:c", "tasks wait for each other: c → b → a → c");
    }

    #[test]
    fn order_is_by_level_then_plan() {
        let graph = graph("d:b,c a b:a c:a e").unwrap();
        assert_eq!(graph.order().collect::<Vec<_>>(), [1, 4, 2, 3, 0]);
        assert_eq!(graph.dependents(1), [2, 3]);
        assert_eq!((graph.len(), graph.waits_for(0), graph.waits_for(1)), (5, 2, 0));
    }

    #[test]
    fn critical_paths_add_costs() {
        let graph = graph("a=2 b:a=10 c:a=3 d:c,c=4").unwrap();
        assert_eq!((0..4).map(|task| graph.critical_path(task)).collect::<Vec<_>>(), [12, 10, 7, 4]);
        let graph = self::graph(&format!("a={0} b:a={0}", u64::MAX)).unwrap();
        assert_eq!(graph.critical_path(0), u64::MAX);
    }

    #[test]
    fn nothing_is_a_graph() {
        assert!(graph("").unwrap().is_empty());
    }
}
