/** The package's version, as package.json has it; a test compares them. */
export const VERSION = "1.46.0";
