export default {
  projects: ['<rootDir>/backend', '<rootDir>/frontend'],
};
