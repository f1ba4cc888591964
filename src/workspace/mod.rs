//! The person's files: what a build would change in them, and changing them.
//!
//! [`survey`] reads, [`changes`] decides and is pure, [`apply`] acts. A decision weighs three forms of each file: the last
//! generated one, the one that stands, and the new generated one. What a person did is never undone: edits are merged,
//! deletions stay, foreign files are left alone, and where two changes meet the person's file is kept and the other one stored
//! under `.metagen/conflicts/`.
//!
//! [`apply`] records what it is about to do, does it, and records that it did. Killed anywhere between, the next build decides
//! again from what stands and ends with the same files.

mod ahead;
mod apply;
mod change;
mod diff;
mod glance;
mod ignore;
mod survey;

pub use ahead::{Ahead, Inlet};
pub use apply::{Applied, apply};
pub use change::{Action, Change, Changes, OnConflict, Reason, changes};
pub use diff::{patch, render, why};
pub use glance::Glance;
pub use ignore::{Ignore, IgnoreError, NAME as IGNORE_FILE};
pub use survey::{Survey, SurveyError, View, survey};
