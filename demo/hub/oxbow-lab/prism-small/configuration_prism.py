# the configuration class; never run here
