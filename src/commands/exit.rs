//! Exit codes.

/// How a process of metagen's ends, for scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All went well.
    Done,
    /// It went to its end, not without problems.
    Problems,
    /// The command line or configuration is at fault.
    Usage,
    /// The spec, plan or blueprint is.
    Rejected,
    /// The model's provider is.
    Provider,
    /// The state or the disk is.
    State,
    /// A budget of the user's own was reached.
    Budget,
    /// metagen is.
    Bug,
    /// The user stopped it.
    Interrupted,
    /// Something else stopped it.
    Terminated,
}

impl Exit {
    /// Every one, by code.
    pub const ALL: [Self; 10] = [
        Self::Done,
        Self::Problems,
        Self::Usage,
        Self::Rejected,
        Self::Provider,
        Self::State,
        Self::Budget,
        Self::Bug,
        Self::Interrupted,
        Self::Terminated,
    ];

    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Problems => 1,
            Self::Usage => 2,
            Self::Rejected => 3,
            Self::Provider => 4,
            Self::State => 5,
            Self::Budget => 6,
            Self::Bug => 70,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }

    /// What it means, as README says it.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Problems => {
                "finished with problems: a task failed or was blocked, a conflict was kept, a verification failed"
            }
            Self::Usage => "usage or configuration is invalid",
            Self::Rejected => "the spec, plan or blueprint was rejected",
            Self::Provider => {
                "the model's provider refused or was unreachable (key, quota, network), resumable"
            }
            Self::State => {
                "state or disk: locked by another run, damaged beyond repair, no space, no permission"
            }
            Self::Budget => "a budget was reached, resumable",
            Self::Bug => "a bug in metagen",
            Self::Interrupted => "interrupted (SIGINT), resumable",
            Self::Terminated => "terminated (SIGTERM), resumable",
        }
    }
}
