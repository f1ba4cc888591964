//! The `metagen` binary: everything it does stands in the library.

fn main() -> std::process::ExitCode {
    metagen::cli::main()
}
