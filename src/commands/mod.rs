//! One verb a file: arguments in, typed result out. Nothing here prints or reads the environment.

pub mod agents;
pub mod build;
pub mod cache;
pub mod context;
mod crew;
pub mod diff;
pub mod doctor;
mod error;
pub mod estimate;
mod exit;
mod input;
mod intent;
mod model;
mod next;
mod pause;
pub mod plan;
pub mod plans;
mod report;
pub mod resume;
mod session;
pub mod status;
mod summary;
mod toolchain;
pub mod verify;

pub use error::CommandError;
pub use exit::Exit;
pub use input::{Input, InputError};
pub use next::resume_command;
pub use report::{AppReport, BuildReport, BuildStatus, PlanReport, REPORT_VERSION, Stop, TaskReport};
pub use session::{Interrupt, Session, Signal};
