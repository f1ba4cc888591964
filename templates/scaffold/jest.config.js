export default {
  projects: ['<rootDir>/backend', '<rootDir>/frontend'],
  // A busy machine is no failure.
  testTimeout: 60_000,
};
