/** Nothing is set; the file keeps Next.js from reading the configuration of a folder above. */
export default {};
