//! The terminal: arguments, environment, exit codes. The only layer that prints.

/// Runs metagen as a process.
pub fn main() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
