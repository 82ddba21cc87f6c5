namespace Gallery;

public sealed record Picture(string Title, int Width, int Height);
