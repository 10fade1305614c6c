# the model's own code; the demonstration never runs it
