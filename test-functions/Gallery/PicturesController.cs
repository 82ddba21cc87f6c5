using Microsoft.AspNetCore.Mvc;

namespace Gallery;

/// <summary>The catalogue, as a controller.</summary>
[ApiController]
[Route("catalogue")]
public sealed class PicturesController : ControllerBase
{
    [HttpGet("{title}")]
    public ActionResult<Picture> Get(string title, [FromQuery] int width = 100) =>
        title == "none" ? NotFound() : new Picture(title, width, width / 2);

    [HttpPost]
    public ActionResult<Picture> Add(Picture picture) => CreatedAtAction(nameof(Get), new { title = picture.Title }, picture);
}
